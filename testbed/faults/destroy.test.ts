import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";
const broken = "FROM quay.io/sandbox/base:latest\nRUN exit 2\n";
const kinds = "builds,buildconfigs,imagestreams,jobs,deployments,services,roles";

/** Moments of an update at which somebody gives it up, and destroys the stack. */
const moments: {
    readonly when: string;
    readonly dockerfile: string;
    /** What it prints then; without it, its end is waited for. */
    readonly says?: RegExp;
}[] = [
    {
        when: "while builds start",
        dockerfile: slowDockerfile(12),
        says: /build \S+: started/,
    },
    {
        when: "while the list is published",
        dockerfile: slowDockerfile(1),
        says: /publish {2}|context-api-publish (creating|updating)/,
    },
    {
        when: "while the service is rolled out",
        dockerfile: slowDockerfile(2),
        says: /context-api-rollout (creating|updating)|context-api-deployment (creating|updating)/,
    },
    { when: "after a build has failed", dockerfile: broken },
];

/** `npm run destroy` after an update that did not end well. */
describe("destroy", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("destroy");
    });

    afterAll(async () => bed.remove());

    // Seen failing without (protections.ts): nothing takes back what is published.
    it.each(moments)(
        "$when leaves nothing but what is published, and the next update builds up again",
        async ({ when, dockerfile, says }) => {
            await bed.change({ [file]: slowDockerfile(0) });
            await bed.recover(bed.wrapper("up", "--skip-preview"));
            await bed.change({ [file]: dockerfile });
            const update = bed.wrapper("up", "--skip-preview");
            if (says !== undefined) {
                await update.says(says);
                update.kill("SIGINT");
            }
            await update.ended();
            const before = await bed.published();

            const text = await bed.wrapper("destroy", "--skip-preview").succeeds();

            const after = await bed.published();
            // A publisher that was under way may have finished: what is there is whole, and nothing is gone.
            expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
            expect(await bed.stack.oc("get", kinds, "--ignore-not-found", "-o", "name")).toBe("");
            await bed.change({ [file]: slowDockerfile(0) });
            const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
            report({
                fault: `destroy ${when}`,
                saw: words(text, /\d+ deleted/),
                seconds,
                after: "all objects gone, every published image there, then built up again",
            });
        },
    );
});
