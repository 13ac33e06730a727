import { missingArchitectures } from "../../checks/nodes";
import { FakeCluster } from "../cluster/fakeCluster";
import { forbid, node, NODES } from "./fakeApi";

const SEE = "see: oc get nodes -L kubernetes.io/arch";

function missing(nodes: readonly unknown[], ...wanted: string[]): Promise<string[]> {
    const cluster = new FakeCluster();
    cluster.on("GET", /./, () => ({ items: nodes }));
    return missingArchitectures(cluster, wanted, new AbortController().signal);
}

describe("missingArchitectures", () => {
    const amd64 = node("one", "amd64");
    const arm64 = node("two", "arm64");

    it("finds nothing when each architecture has a node that takes pods", async () => {
        const cordoned = node("three", "arm64", { cordoned: true });
        expect(await missing([amd64, cordoned, arm64], "amd64", "arm64")).toEqual([]);
        expect(await missing([], ...[])).toEqual([]);
    });

    it.each<[string, unknown[], string]>([
        [
            "no node has it",
            [arm64, amd64, node("three", "arm64")],
            `architecture "s390x": the cluster has no such node, only amd64, arm64. Leave it out of multiarch:architectures, or add a node; ${SEE}`,
        ],
        [
            "the nodes do not say what they are",
            [{ metadata: { name: "one" }, status: {} }],
            `architecture "s390x": the cluster has no such node, only unknown. Leave it out of multiarch:architectures, or add a node; ${SEE}`,
        ],
        [
            "its node is cordoned",
            [amd64, node("z1", "s390x", { cordoned: true })],
            `architecture "s390x": no node takes pods (z1: not Ready, or cordoned); ${SEE}`,
        ],
        [
            "its node is not Ready",
            [amd64, node("z1", "s390x", { ready: "False" })],
            `architecture "s390x": no node takes pods (z1: not Ready, or cordoned); ${SEE}`,
        ],
        [
            "its node is not heard of",
            [amd64, node("z1", "s390x", { ready: "Unknown" })],
            `architecture "s390x": no node takes pods (z1: not Ready, or cordoned); ${SEE}`,
        ],
        [
            "its node has no status yet",
            [{ ...node("z1", "s390x"), status: {} }],
            `architecture "s390x": no node takes pods (z1: not Ready, or cordoned); ${SEE}`,
        ],
        [
            "none of its nodes takes pods",
            [node("z1", "s390x", { ready: "False" }), node("z2", "s390x", { cordoned: true })],
            `architecture "s390x": no node takes pods (z1, z2: not Ready, or cordoned); ${SEE}`,
        ],
    ])("says of an architecture when %s", async (_, nodes, expected) => {
        expect(await missing(nodes, "s390x")).toEqual([expected]);
    });

    it("says it of each", async () => {
        expect(await missing([amd64], "s390x", "amd64", "arm64")).toHaveLength(2);
    });

    it("says nothing when the account may not list nodes, and passes on what else went wrong", async () => {
        const cluster = new FakeCluster();
        cluster.set(NODES, amd64);
        const ask = () => missingArchitectures(cluster, ["arm64"], new AbortController().signal);

        expect(await ask()).toHaveLength(1);
        forbid(cluster, /nodes/);
        expect(await ask()).toEqual([]);
        forbid(cluster, /nodes/, 401);
        await expect(ask()).rejects.toThrow(/^The cluster refused to list nodes \(401/);
    });
});
