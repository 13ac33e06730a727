import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";

/** What the stack declares, taken away by somebody else in the middle of it, while a service runs. */
describe("a declared object", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("declared");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    const objects = [
        {
            fault: "BuildConfig deleted before the update",
            when: undefined,
            object: "buildconfig/context-api-arm64",
            says: /there is no BuildConfig context-api-arm64 in namespace \S+\nNext: pulumi up --refresh|there is no BuildConfig context-api-arm64 in namespace/,
        },
        {
            fault: "BuildConfig deleted during its build",
            when: /context-api arm64 {2}build \S+: STEP/,
            object: "buildconfig/context-api-arm64",
            says: /context-api arm64: build \S+ was deleted/,
        },
        {
            fault: "ImageStream deleted during the builds",
            when: /context-api arm64 {2}build \S+: STEP/,
            object: "imagestream/context-api",
            says: /context-api (amd64|arm64): build \S+ [^\n]*/,
        },
    ];

    it.each(objects)(
        "$fault: is told, and the next npm run up finishes",
        async ({ fault, when, object, says }) => {
            await bed.change({ [file]: slowDockerfile(8) });
            const remove = () => bed.stack.oc("delete", object, "--wait=true", "--timeout=60s");
            if (when === undefined) {
                await remove();
            }
            const run = bed.up();
            if (when !== undefined) {
                await run.says(when);
                await remove();
            }

            const text = await run.fails();
            await bed.undisturbed();

            expect(text).toMatch(says);
            const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
            report({
                fault,
                saw: words(text, says),
                seconds,
                after: "declared again; old service undisturbed, then new one up",
            });
        },
    );
});
