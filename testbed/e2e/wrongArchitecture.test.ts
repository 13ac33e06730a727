import { digestOf, tagsOf } from "./registry";
import { succeeded } from "./run";
import { TestStack, application } from "./testStack";

/** What the seed's manifests do on a cluster with nodes of both architectures: each builds on whichever node. */
describe("an image of the wrong architecture", () => {
    let stack: TestStack;
    const repository = () => `quay.io/${stack.namespace}/context-api`;

    beforeAll(async () => {
        stack = await TestStack.create("wrongarch", [{ name: "context-api", application }]);
        succeeded(await stack.up());
    });

    afterAll(async () => stack.remove());

    it("is refused: no tag moves and the service goes on", async () => {
        const { "context-api": before } = await stack.outputs();
        const tags = await tagsOf(repository());
        const selector = { spec: { nodeSelector: { "kubernetes.io/arch": "arm64" } } };
        const patch = ["--type", "merge", "-p", JSON.stringify(selector)];
        await stack.oc("patch", "buildconfig", "context-api-amd64", ...patch);
        await stack.commit({ VERSION: "0.2.0\n" });

        const { code, text } = await stack.up();

        expect(code).not.toBe(0);
        expect(text).toContain("context-api amd64");
        expect(text).toMatch(/arm64/);
        expect(text).toMatch(/[Nn]othing was published/);
        expect(await digestOf(repository(), "latest")).toBe(before?.digest);
        const added = (await tagsOf(repository())).filter((tag) => !tags.includes(tag));
        // The right half has crossed, under a tag of its own; there is no list.
        expect(added.filter((tag) => !tag.includes("-arm64-"))).toEqual([]);
        expect(await stack.answers("context-api", 8091, "/health")).toEqual({
            "node-amd64": "ok context-api linux/amd64 on x86_64 version 0.1.0",
            "node-arm64": "ok context-api linux/arm64 on aarch64 version 0.1.0",
        });
    });

    it("is built right by the next update, which puts the BuildConfig back", async () => {
        const builds = await stack.oc(
            "get",
            "builds",
            "-l",
            "buildconfig=context-api-amd64",
            "-o",
            "name",
        );
        await stack.oc("delete", builds.trim().split("\n").at(-1) ?? "");

        succeeded(await stack.up("--refresh"));

        const { "context-api": image } = await stack.outputs();
        expect(await digestOf(repository(), "latest")).toBe(image?.digest);
        expect(await stack.answers("context-api", 8091, "/health")).toEqual({
            "node-amd64": "ok context-api linux/amd64 on x86_64 version 0.2.0",
            "node-arm64": "ok context-api linux/arm64 on aarch64 version 0.2.0",
        });
    });
});
