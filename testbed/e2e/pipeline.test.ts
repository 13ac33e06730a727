import { digestOf, platformsOf, tagsOf } from "./registry";
import { succeeded } from "./run";
import { TestStack, application } from "./testStack";

/** From a commit to a running service, and on from there: each test goes on where the one before it ended. */
describe("the pipeline", () => {
    let stack: TestStack;
    const repository = () => `quay.io/${stack.namespace}/context-api`;

    beforeAll(async () => {
        stack = await TestStack.create("pipeline", [
            { name: "context-api", tags: ["latest", "v0.1.0"], application },
            { name: "data-storage", dockerfilePath: "docker/data-storage.Dockerfile" },
        ]);
    });

    afterAll(async () => stack.remove());

    it("takes one commit to a published list of exactly what was built", async () => {
        succeeded(await stack.up());

        const { "context-api": image } = await stack.outputs();
        expect(image?.commit).toBe(stack.repository.commit);
        expect(await platformsOf(repository(), image?.digest ?? "")).toEqual([
            { platform: "linux/amd64", digest: image?.platforms["amd64"] },
            { platform: "linux/arm64", digest: image?.platforms["arm64"] },
        ]);
        const digests = await Promise.all(
            Object.values(image?.builds ?? {}).map(async ({ build }) =>
                stack.oc("get", "build", build, "-o", "jsonpath={.status.output.to.imageDigest}"),
            ),
        );
        expect(digests).toEqual(Object.values(image?.platforms ?? {}));
        expect(image?.tags).toEqual([image?.tags[0], "latest", "v0.1.0"]);
        expect(image?.tags[0]).toContain(stack.repository.commit.slice(0, 12));
        for (const tag of image?.tags ?? []) {
            expect(await digestOf(repository(), tag)).toBe(image?.digest);
        }
    });

    it("answers from both architectures on both ports", async () => {
        expect(await stack.answers("context-api", 8091, "/health")).toEqual({
            "node-amd64": "ok context-api linux/amd64 on x86_64 version 0.1.0",
            "node-arm64": "ok context-api linux/arm64 on aarch64 version 0.1.0",
        });
        const metrics = await stack.answers("context-api", 9090, "/metrics");
        expect(Object.keys(metrics).sort()).toEqual(["node-amd64", "node-arm64"]);
        expect(metrics["node-arm64"]).toContain('platform="linux/arm64",machine="aarch64"');
    });

    it("sends requests to the application's pods alone, not to those that build and publish", async () => {
        const names = "jsonpath={range .items[*]}{.metadata.labels.pod-template-hash}{end}";
        const pods = await stack.oc("get", "pods", "-l", "app=context-api", "-o", "name");
        const hashes = await stack.oc("get", "pods", "-l", "app=context-api", "-o", names);

        expect(pods.trim().split("\n")).toHaveLength(application.replicas);
        expect(hashes).toMatch(/^([a-z0-9]+)\1$/);
    });

    it("runs the list by digest", async () => {
        const { "context-api": image } = await stack.outputs();
        const path = "jsonpath={.spec.template.spec.containers[0].image}";
        expect(await stack.oc("get", "deployment", "context-api", "-o", path)).toBe(
            `${repository()}@${image?.digest ?? ""}`,
        );
    });

    it("changes nothing and starts no build when nothing changed", async () => {
        const before = await stack.builds();

        const text = succeeded(await stack.up());

        expect(text).toMatch(/\b\d+ unchanged/);
        expect(text).not.toMatch(/\b\d+ (created|updated|replaced|deleted)/);
        expect(text).toContain("context-api: nothing to build");
        expect(await stack.builds()).toEqual(before);
    });

    it("shows no drift after a refresh", async () => {
        const text = succeeded(await stack.preview("--refresh", "--expect-no-changes"));

        expect(text).toMatch(/\b\d+ unchanged/);
    });

    it("builds one image again for a build argument, and leaves the others alone", async () => {
        const before = await stack.outputs();
        stack.configureImage("data-storage", { buildArgs: { EXTRA: "1" } });

        succeeded(await stack.up());

        const after = await stack.outputs();
        expect(after["context-api"]).toEqual(before["context-api"]);
        expect(after["data-storage"]?.builds["amd64"]?.build).toBe("data-storage-amd64-2");
        expect(await stack.builds()).toHaveLength(6);
    });

    it("says in a preview which commit follows which, builds it, and rolls the service", async () => {
        const old = await stack.outputs();
        const commit = await stack.commit({ VERSION: "0.2.0\n" });

        const preview = succeeded(await stack.preview());
        succeeded(await stack.up());

        expect(preview).toContain(
            `context-api: builds again: commit ${stack.repository.commit.slice(0, 12)} -> ${commit.slice(0, 12)}`,
        );
        const { "context-api": image } = await stack.outputs();
        expect(image?.commit).toBe(commit);
        expect(image?.digest).not.toBe(old["context-api"]?.digest);
        expect(await digestOf(repository(), "latest")).toBe(image?.digest);
        expect(await stack.answers("context-api", 8091, "/health")).toEqual({
            "node-amd64": "ok context-api linux/amd64 on x86_64 version 0.2.0",
            "node-arm64": "ok context-api linux/arm64 on aarch64 version 0.2.0",
        });
    });

    it("builds again for a rebuild token alone", async () => {
        stack.configure({ rebuild: "again" });

        succeeded(await stack.up());

        const { "context-api": image } = await stack.outputs();
        expect(image?.builds["amd64"]?.build).toBe("context-api-amd64-3");
        expect(image?.builds["arm64"]?.build).toBe("context-api-arm64-3");
    });

    it("leaves the published image when it is destroyed", async () => {
        const { "context-api": image } = await stack.outputs();

        succeeded(await stack.destroy());

        expect(await digestOf(repository(), "latest")).toBe(image?.digest);
        expect(await tagsOf(repository())).toContain(image?.tags[0]);
    });
});
