import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";

/** Builds that others lay hands on while they run. */
describe("a running build", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("hands");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    const hands = [
        {
            fault: "build cancelled by somebody else",
            act: (build: string) => [
                "patch",
                "build",
                build,
                "--type=merge",
                "-p",
                '{"status":{"cancelled":true}}',
            ],
            says: /build \S+ ended as Cancelled/,
        },
        {
            fault: "build deleted by somebody else",
            act: (build: string) => ["delete", "build", build, "--wait=false"],
            says: /build \S+ was deleted/,
        },
    ];

    // Seen failing without (protections.ts): only running builds and right images are adopted; a deleted build is noticed.
    it.each(hands)(
        "$fault: is told, and the next update builds it again",
        async ({ fault, act, says }) => {
            await bed.change({ [file]: slowDockerfile(15) });
            const run = bed.up();
            await run.says(/context-api arm64 {2}build \S+: started/);
            const build = words(run.text, /context-api-arm64-\d+(?=: started)/);
            await bed.sees(/Running/, ["get", "build", build, "-o", "jsonpath={.status.phase}"]);
            await bed.stack.oc(...act(build));

            const text = await run.fails();
            await bed.undisturbed();

            expect(text).toMatch(says);
            const seconds = await bed.recover();
            report({
                fault,
                saw: words(text, says),
                seconds,
                after: "other build reused; old service undisturbed, then new one up",
            });
        },
    );

    // Seen failing without (protections.ts): a build whose pod was taken away is repeated.
    it("whose pod is deleted is started again by the same update", async () => {
        await bed.change({ [file]: slowDockerfile(15) });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: STEP/);
        const build = words(run.text, /context-api-arm64-\d+(?=: started)/);
        const force = ["--wait=false", "--grace-period=0", "--force"];
        await bed.stack.oc("delete", "pod", `${build}-build`, ...force);

        const seconds = await bed.recover(run);

        const says = /build \S+: its pod was \w+; attempt 2 of 3 in \d+ s/;
        expect(run.text).toMatch(says);
        report({
            fault: "build pod deleted by force",
            saw: words(run.text, says),
            seconds,
            after: "the same update built again; other build kept",
        });
    });

    // Seen failing without (protections.ts): builds are of the commit that was found for the update.
    it("keeps to its commit when the branch moves under it", async () => {
        const commit = await bed.change({ [file]: slowDockerfile(5) });
        const run = bed.up();
        await run.says(/context-api amd64 {2}build \S+: started/);
        await bed.stack.commit({ VERSION: "9.9.9\n" });

        const seconds = await bed.recover(run);

        const { "context-api": image } = await bed.stack.outputs();
        expect(image?.commit).toBe(commit);
        report({
            fault: "branch moves during the builds",
            saw: "nothing",
            seconds,
            after: "both architectures of the first commit",
        });
    });
});
