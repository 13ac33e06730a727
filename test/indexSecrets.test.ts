import { TYPES, commit } from "./components/fixtures";
import { inputsOf } from "./mocks";
import { password, token, stack, run, readable } from "./stackProgram";

describe("the stack's secrets", () => {
    const secretStack = { ...stack, gitUsername: "git" };
    const passwords = { registryPassword: password, gitPassword: token };

    it("are nowhere to be read, whether in inputs, outputs or exports", async () => {
        const recording = await run(secretStack, passwords);
        // printf robot:hunter2 | base64
        const encoded = "cm9ib3Q6aHVudGVyMg==";

        for (const text of [password, token, encoded]) {
            expect(JSON.stringify(recording)).toContain(text);
            expect(readable(recording, text)).toEqual([]);
        }
    });

    it("reach the two Secrets, and the registry's provider", async () => {
        const recording = await run(secretStack, passwords);

        expect(inputsOf(recording, `${TYPES.secret} multiarch-push`)["stringData"]).toEqual({
            secret: {
                ".dockerconfigjson": '{"auths":{"quay.io":{"auth":"cm9ib3Q6aHVudGVyMg=="}}}',
            },
        });
        expect(inputsOf(recording, `${TYPES.secret} multiarch-source`)["stringData"]).toEqual({
            secret: { username: "git", password: token },
        });
        expect(inputsOf(recording, "pulumi:providers:docker registry")["registryAuth"]).toEqual({
            secret: `[{"address":"quay.io","username":"robot","password":"${password}"}]`,
        });
    });

    it("for Git go to the stack's repository and to no other", async () => {
        const image = (name: string) => ({ name, destination: `quay.io/shop/${name}` });
        const recording = await run(
            {
                ...secretStack,
                images: [
                    image("ours"),
                    { ...image("other"), git: { url: "https://elsewhere.example/x", commit } },
                    {
                        ...image("named"),
                        git: { url: "https://elsewhere.example/y", commit, sourceSecret: "own" },
                    },
                ],
            },
            passwords,
        );
        const secretOf = (name: string) => {
            const spec = inputsOf(recording, `${TYPES.buildConfig} ${name}-amd64-config`)["spec"];
            return (spec as { source: { sourceSecret?: object } }).source.sourceSecret;
        };

        expect(secretOf("ours")).toEqual({ name: "multiarch-source" });
        expect(secretOf("other")).toBeUndefined();
        expect(secretOf("named")).toEqual({ name: "own" });
    });
});
