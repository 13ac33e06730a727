import { succeeded } from "./run";
import { TestStack, application } from "./testStack";

/** What the registry shows is believed, not what the publisher says. */
describe("a publisher that lies", () => {
    let stack: TestStack;

    beforeAll(async () => {
        stack = await TestStack.create("liar", [{ name: "context-api", application }]);
        succeeded(await stack.up());
    });

    afterAll(async () => stack.remove());

    it("fails the update before the Deployment moves", async () => {
        const { "context-api": before } = await stack.outputs();
        const lie = {
            event: "published",
            digest: before?.digest,
            immutableTag: before?.tags[0],
            moved: [],
            ahead: {},
        };
        const program = `until [ -s /input/signal/publish ]; do sleep 0.1; done; echo '${JSON.stringify(lie)}'`;
        const patch = [
            "--type",
            "merge",
            "-p",
            JSON.stringify({ data: { "publish.sh": program } }),
        ];
        await stack.oc("patch", "configmap", "multiarch-publisher-program", ...patch);
        await stack.commit({ VERSION: "0.2.0\n" });

        const { code, text } = await stack.up();

        expect(code).not.toBe(0);
        expect(text).toContain(`@${before?.digest ?? ""} is not what was built`);
        const image = "jsonpath={.spec.template.spec.containers[0].image}";
        expect(await stack.oc("get", "deployment", "context-api", "-o", image)).toBe(
            before?.reference,
        );
        expect(await stack.answers("context-api", 8091, "/health")).toEqual({
            "node-amd64": "ok context-api linux/amd64 on x86_64 version 0.1.0",
            "node-arm64": "ok context-api linux/arm64 on aarch64 version 0.1.0",
        });
    });

    it("is put right by what the error says: another rebuild token", async () => {
        stack.configure({ rebuild: "again" });

        succeeded(await stack.up("--refresh"));

        expect(await stack.answers("context-api", 8091, "/health")).toEqual({
            "node-amd64": "ok context-api linux/amd64 on x86_64 version 0.2.0",
            "node-arm64": "ok context-api linux/arm64 on aarch64 version 0.2.0",
        });
    });
});
