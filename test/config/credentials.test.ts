import { beforeStack, change, changeImage, minimal, problems } from "./load";

beforeAll(beforeStack);

describe("refuses, of credentials,", () => {
    it.each([
        {
            what: "no credentials for the registry",
            stack: change(minimal, { registry: undefined }),
            expected: [
                "multiarch:registry.username is not set: expected credentials to push with: username and the secret multiarch:registryPassword, or multiarch:registry.pushSecret, the name of a Secret in the namespace",
            ],
        },
        {
            what: "an account without a password",
            stack: change(minimal, { registry: { username: "robot" } }),
            expected: [
                "multiarch:registryPassword is not set: expected the password of multiarch:registry.username, as a secret",
            ],
        },
        {
            what: "a password without an account",
            stack: {
                ...change(minimal, { registry: undefined }),
                secrets: { registryPassword: "hunter2" },
            },
            expected: [
                "multiarch:registry.username is not set: expected the account that multiarch:registryPassword belongs to",
            ],
        },
        {
            what: "both ways of credentials",
            stack: {
                ...change(minimal, { registry: { username: "robot", pushSecret: "push" } }),
                secrets: { registryPassword: "hunter2" },
            },
            expected: [
                'multiarch:registry.pushSecret is "push": expected either pushSecret or username with registryPassword, not both',
            ],
        },
        {
            what: "a password in plain text, without showing it",
            stack: change(minimal, {
                registry: { username: "robot" },
                registryPassword: "hunter2",
            }),
            expected: [
                "multiarch:registryPassword is in plain text: expected a secret, as set by: pulumi config set --secret multiarch:registryPassword",
            ],
        },
        {
            what: "an empty password",
            stack: {
                ...change(minimal, { registry: { username: "robot" } }),
                secrets: { registryPassword: "" },
            },
            expected: [
                "multiarch:registryPassword is empty: expected a secret, as set by: pulumi config set --secret multiarch:registryPassword",
            ],
        },
        {
            what: "an encrypted value in a plain setting, without showing it",
            stack: { ...changeImage({ tags: ["hunter 2"] }), encrypted: ["images"] },
            expected: [
                "multiarch:images holds an encrypted value: expected plain values; name an existing Secret of the namespace instead (secretEnv, sourceSecret, pushSecret)",
                'multiarch:images[0].tags[0] is set (string, not shown): expected a tag of at most 128 letters, digits, "_", "." and "-", in quotes, not beginning with "." or "-"',
            ],
        },
    ])("$what", ({ stack, expected }) => {
        expect(problems(stack)).toEqual(expected);
    });
});
