import { digestOf, platformsOf } from "./registry";
import { succeeded } from "./run";
import { TestStack } from "./testStack";

/** The seed's tool, under the least SCC that it works under, and under the seed's own. */
describe("the buildah publisher", () => {
    let stack: TestStack;

    beforeAll(async () => {
        stack = await TestStack.create("buildah", [{ name: "context-api" }], {
            publisher: { tool: "buildah" },
        });
    });

    afterAll(async () => stack.remove());

    const publisherPod = async (path: string) =>
        stack.oc("get", "pods", "-l", "job-name=context-api-publisher", "-o", `jsonpath=${path}`);

    it("publishes what was built, under anyuid and without a capability", async () => {
        succeeded(await stack.up());

        const { "context-api": image } = await stack.outputs();
        const repository = `quay.io/${stack.namespace}/context-api`;
        expect(await platformsOf(repository, image?.digest ?? "")).toEqual([
            { platform: "linux/amd64", digest: image?.platforms["amd64"] },
            { platform: "linux/arm64", digest: image?.platforms["arm64"] },
        ]);
        expect(await digestOf(repository, "latest")).toBe(image?.digest);
        expect(await publisherPod("{.items[*].metadata.annotations.openshift\\.io/scc}")).toBe(
            "anyuid",
        );
        expect(
            JSON.parse(await publisherPod("{.items[0].spec.containers[0].securityContext}")),
        ).toEqual({
            allowPrivilegeEscalation: false,
            // The SCC drops MKNOD once more.
            capabilities: { drop: ["ALL", "MKNOD"] },
        });
    });

    it("publishes the same list under the seed's privileged SCC, when it is chosen", async () => {
        const before = await stack.outputs();
        stack.configure({ publisher: { tool: "buildah", scc: "privileged" } });

        succeeded(await stack.up());

        expect(await publisherPod("{.items[*].metadata.annotations.openshift\\.io/scc}")).toBe(
            "privileged",
        );
        const { "context-api": image } = await stack.outputs();
        expect(image?.digest).toBe(before["context-api"]?.digest);
        expect(await stack.builds()).toHaveLength(2);
    });
});
