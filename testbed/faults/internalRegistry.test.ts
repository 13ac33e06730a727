import { setTimeout as sleep } from "node:timers/promises";

import { bringUp, kill } from "./components";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

/** Milliseconds that the registry is down: longer than the builder and one pod of the publisher try. */
const DOWN = 30_000;

/** OpenShift's own registry is down for half a minute; alone, as every build pushes to it. */
describe("the internal registry", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("internal", { registry: true });
        await bed.serve();
    });

    afterAll(async () => {
        await bringUp();
        await bed.remove();
    });

    async function down() {
        await kill("registry");
        await sleep(DOWN);
        await bringUp();
    }

    // Seen failing (protections.ts) where it stays down: OpenShift's builder repeats a push for longer than half a minute.
    it("down while images are pushed to it: the same update finishes", async () => {
        await bed.change();
        const run = bed.up();
        await run.says(/arm64 {2}build \S+: STEP \d/);
        await run.says(/amd64 {2}build \S+: STEP \d/);

        await down();
        const seconds = await bed.recover(run);

        report({
            fault: "internal registry down for 30 s during the push",
            saw:
                words(run.text, /build \S+: a server was in trouble \([^)]*\); attempt 2 of 3/) ||
                "nothing",
            seconds,
            after: "the same update finished",
        });
    });

    // Seen failing without (protections.ts): the publisher's Job starts another pod.
    it("down while images are copied from it: the Job's next pod does it, in the same update", async () => {
        await bed.change();
        await bed.registry.fail({ methods: ["POST", "PUT", "PATCH"], status: 500 });
        const run = bed.up();
        await run.says(/arm64 {2}build \S+: pushed sha256/);
        await run.says(/amd64 {2}build \S+: pushed sha256/);

        await kill("registry");
        await bed.registry.heal();
        await sleep(DOWN);
        await bringUp();
        const seconds = await bed.recover(run);

        report({
            fault: "internal registry down for 30 s during the copy",
            saw: words(run.text, /pod \S+ ended: Error[^\n]{0,90}/),
            seconds,
            after: "the same update finished",
        });
    });
});
