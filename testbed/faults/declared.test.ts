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
    ];

    // Seen failing without (protections.ts): what OpenShift answers for a missing BuildConfig is understood; a deleted
    // build is noticed.
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

    // Seen failing (protections.ts) where it is deleted all the time: OpenShift's registry makes it again at the push.
    it("ImageStream deleted during the builds: the push makes it again, and the update finishes", async () => {
        await bed.change({ [file]: slowDockerfile(8) });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: STEP/);
        await bed.stack.oc("delete", "imagestream/context-api", "--wait=true", "--timeout=60s");

        const seconds = await bed.recover(run);

        expect(run.text).toMatch(/context-api publish {2}published sha256/);
        report({
            fault: "ImageStream deleted during the builds",
            saw: "nothing",
            seconds,
            after: "made again by the registry at the push, same update finished",
        });
    });
});
