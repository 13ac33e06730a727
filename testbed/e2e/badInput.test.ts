import { TestStack } from "./testStack";

type Overrides = (stack: TestStack) => Record<string, unknown>;

/** What the cluster, the Git server and the registry can tell; the rest is in the unit tests of the configuration. */
const cases: [string, Overrides, RegExp][] = [
    [
        "a ref that is not there",
        ({ repository }) => ({ git: { url: repository.url, ref: "nowhere" } }),
        /multiarch:git\.ref: "nowhere" is neither a branch nor a tag of git:\/\/git\.sandbox\.test/,
    ],
    [
        "a Git URL that nobody answers",
        () => ({ git: { url: "git://git.sandbox.test/none.git" } }),
        /multiarch:git\.url: git:\/\/git\.sandbox\.test\/none\.git cannot be read/,
    ],
    [
        "a Dockerfile that the commit does not have",
        () => ({
            images: [
                {
                    name: "context-api",
                    dockerfilePath: "docker/none.Dockerfile",
                    destination: "quay.io/none/context-api",
                },
            ],
        }),
        /there is no "docker\/none\.Dockerfile" in commit [0-9a-f]{40}/,
    ],
    [
        "a namespace that is not there",
        ({ namespace }) => ({ namespace: { name: namespace, create: false } }),
        /multiarch:namespace\.name: there is no namespace "badinput-[0-9a-f]+"/,
    ],
    [
        "an architecture that no node has",
        () => ({ architectures: ["amd64", "ppc64le"] }),
        /architecture "ppc64le": the cluster has no such node, only amd64, arm64/,
    ],
    [
        "a context that the kubeconfig does not have",
        () => ({ kubernetes: { context: "none" } }),
        /The kubeconfig has no context "none"; it has: .*sandbox/,
    ],
    [
        "a password in plain text",
        () => ({ registryPassword: "in-the-open" }),
        /multiarch:registryPassword[^\n]*plain text/,
    ],
];

describe("bad input", () => {
    it.each(cases)("is refused before anything changes: %s", async (_, overrides, message) => {
        const stack = await TestStack.create("badinput", [{ name: "context-api" }]);
        stack.configure(overrides(stack));

        const { code, text } = await stack.up();

        expect({ code: code !== 0, text }).toEqual({
            code: true,
            text: expect.stringMatching(message) as string,
        });
        expect(text).not.toContain("in-the-open");
        expect(text).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)$/m);
        const { text: found } = await stack.run(["oc", "get", "namespace", stack.namespace]);
        expect(found).toContain("NotFound");
    });
});
