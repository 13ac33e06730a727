import { bringUp, kill, killNode } from "./components";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";
import { seen } from "./service";

const file = "docker/context-api.Dockerfile";
const arm64 = ["kubelet-arm64", "containerd-arm64"];

/** A node that is lost, or was before the update; alone, as every other update wants it too. */
describe("the only arm64 node", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("nodes");
        await bed.serve();
    });

    afterAll(async () => {
        await bringUp();
        await bed.remove();
    });

    const readiness = [
        ...["get", "node", "node-arm64", "-o"],
        'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
    ];

    async function notReady() {
        await seen(bed.stack, /Unknown/, readiness, 120);
    }

    // Seen failing without (protections.ts): a build on a node that is lost is given up.
    it("lost while it builds: another build begins when the node is back, in the same update", async () => {
        await bed.change({ [file]: slowDockerfile(20) });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: STEP/);
        await killNode("arm64");

        await run.says(/its node does not answer; attempt 2 of 3/, 200);
        await run.says(/context-api arm64 {2}build \S+: (New|Pending), .*untolerated taint/, 90);
        await bringUp();
        const seconds = await bed.recover(run);

        report({
            fault: "node lost during its build",
            saw: words(run.text, /build \S+: its node does not answer; attempt 2 of 3 in \d+ s/),
            seconds,
            after: "the same update built again on the node when it was back",
        });
    });

    // Seen failing without (protections.ts): a build that does not start is given up.
    it("lost for good while it builds: the update says so, and the next one finishes", async () => {
        await bed.change({ [file]: slowDockerfile(20) });
        bed.stack.configure({ build: { pendingTimeoutSeconds: 20 } });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: STEP/);
        await killNode("arm64");

        const text = await run.fails();

        expect(text).toMatch(
            /context-api arm64: build \S+ did not start within 20 s; it was cancelled/,
        );
        expect(text).toMatch(/Why it waited: Unschedulable: .*untolerated taint/);
        await bringUp();
        await bed.undisturbed();
        bed.stack.configure({ build: undefined });
        const seconds = await bed.recover();
        report({
            fault: "node lost during its build, and not back in time",
            saw: words(text, /build \S+ did not start within 20 s; it was cancelled/),
            seconds,
            after: "builds cancelled, the other one reused; old service undisturbed, then new one up",
        });
    });

    // Seen failing without (protections.ts): nodes are looked at beforehand.
    it("down before the update: nothing is begun", async () => {
        await bed.change({ [file]: slowDockerfile(0) });
        const before = await bed.stack.builds();
        await killNode("arm64");
        await notReady();

        const text = await bed.up().fails();

        expect(text).toContain("Nothing was changed: the cluster is not ready for it.");
        expect(text).toMatch(
            /architecture "arm64": no node takes pods \(node-arm64: not Ready, or cordoned\)/,
        );
        expect(await bed.begunSince(before)).toEqual([]);
        await bringUp();
        await bed.undisturbed();
        const seconds = await bed.recover();
        report({
            fault: "node down before the update",
            saw: words(text, /architecture "arm64": no node takes pods \([^)]*\)/),
            seconds,
            after: "nothing begun; when the node was back, new service up",
        });
    });

    // Seen failing (protections.ts) where they stay down: containers outlive the kubelet and containerd.
    it("restarted while it builds: the same update finishes", async () => {
        await bed.change({ [file]: slowDockerfile(15) });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: STEP/);
        await kill(...arm64);
        await bringUp();

        const seconds = await bed.recover(run);

        report({
            fault: "kubelet and container runtime restarted during a build",
            saw: "nothing",
            seconds,
            after: "the same update finished",
        });
    });
});
