import { FaultBed } from "./faultBed";
import { report, words } from "./row";

/** A moment of an update, by what it prints then. */
const moments: { readonly when: string; readonly says: RegExp }[] = [
    { when: "as soon as it has begun", says: /Updating/ },
    { when: "while the first objects are created", says: /multiarch-namespace created/ },
    { when: "while builds start", says: /build \S+-1: started/ },
    {
        when: "while images are built",
        says: /build \S+: Step|build \S+: STEP|build \S+: .*\n.*build \S+: /,
    },
    { when: "when one image is pushed", says: /pushed sha256/ },
    { when: "while the list is published", says: /publish {2}/ },
    { when: "while the service is rolled out", says: /context-api-deployment creating/ },
];

/** The first update of a stack, killed: nothing of it is known but what Pulumi has written down. */
describe("kill -9 of pulumi", () => {
    // Seen failing without (protections.ts): a lock whose process is gone is released; builds are adopted; objects
    // that a killed run created are taken over.
    it.each(moments)(
        "$when: the next npm run up finishes, without building twice",
        async ({ when, says }) => {
            const bed = await FaultBed.create("killed");
            try {
                const killed = bed.up();
                await killed.says(says);
                killed.kill("SIGKILL");
                await killed.ended();

                const next = bed.wrapper("up", "--skip-preview");
                const seconds = await bed.recover(next);

                expect(next.text).toMatch(
                    /multiarch: the run of \S+ \(pulumi, process \d+, since \S+\) is gone, its lock was left: released/,
                );
                // However far it had come: one build for each architecture, adopted or reused.
                expect(await bed.stack.builds()).toEqual([
                    "build.build.openshift.io/context-api-amd64-1",
                    "build.build.openshift.io/context-api-arm64-1",
                ]);
                const again = await bed.wrapper("up", "--skip-preview").succeeds();
                expect(again).not.toMatch(/pending operations|was killed/);
                report({
                    fault: `kill -9 of pulumi ${when}`,
                    saw: words(next.text, /the run of .* released/),
                    seconds,
                    after: "service up, one build per architecture",
                });
            } finally {
                await bed.remove();
            }
        },
    );
});
