import { TestStack } from "./testStack";

/** The policy pack on the program's own stack, as `pulumi preview --policy-pack policy` runs it. */
describe("the policy pack", () => {
    const pack = ["--policy-pack", "policy"];

    it("lets the program's defaults pass", async () => {
        const stack = await TestStack.create("policy", [{ name: "context-api" }]);

        const { code, text } = await stack.preview(...pack);

        expect({ code, text }).toMatchObject({ code: 0 });
        expect(text).not.toContain("mandatory");
    });

    it("stops the seed's privileged publisher, and says what to do", async () => {
        const stack = await TestStack.create("policy", [{ name: "context-api" }], {
            publisher: { tool: "buildah", scc: "privileged" },
        });

        const { code, text } = await stack.preview(...pack);

        expect(code).not.toBe(0);
        expect(text).toContain("[mandatory]");
        expect(text).toContain("multiarch-publisher-scc");
        expect(text).toContain("privileged");
    });
});
