import { beforeStack, change, minimal, problems } from "./load";

beforeAll(beforeStack);

describe("refuses, of the stack's settings,", () => {
    it.each([
        {
            what: "no namespace",
            stack: change(minimal, { namespace: undefined }),
            expected: [
                "multiarch:namespace is not set: expected a section with any of name, create",
            ],
        },
        {
            what: "a namespace in upper case",
            stack: change(minimal, { namespace: { name: "Shop" } }),
            expected: [
                'multiarch:namespace.name is "Shop": expected a name of at most 63 lower-case letters, digits and "-", with no "-" at either end',
            ],
        },
        {
            what: "a word where yes or no belongs",
            stack: change(minimal, { namespace: { name: "shop", create: "yes" } }),
            expected: ['multiarch:namespace.create is "yes": expected true or false'],
        },
        {
            what: "text that is no section",
            stack: change(minimal, { namespace: "shop" }),
            expected: [
                'multiarch:namespace is "shop": expected a section with any of name, create',
            ],
        },
        {
            what: "a top-level key that does not exist",
            stack: change(minimal, { registrypassword: "hunter2" }),
            expected: [
                "multiarch:registrypassword is not a setting: expected one of namespace, git, gitUsername, gitPassword, registry, registryPassword, architectures, images, build, publisher, contents, rebuild, kubernetes, sourceStack; did you mean registryPassword?",
            ],
        },
        {
            what: "a nested key that does not exist, without its value",
            stack: change(minimal, { registry: { pushSecret: "push", password: "hunter2" } }),
            expected: [
                "multiarch:registry.password is not a setting: expected one of server, username, pushSecret",
            ],
        },
        {
            what: "no git at all",
            stack: change(minimal, { git: undefined }),
            expected: [
                "multiarch:git is not set: expected a section with url, as an image without git and without digest is built from it",
            ],
        },
        {
            what: "a Git URL that runs a command",
            stack: change(minimal, { git: { url: "ext::sh -c id" } }),
            expected: [
                'multiarch:git.url is "ext::sh -c id": expected an https://, http://, ssh:// or git:// URL or user@host:path, without white space, query or option',
            ],
        },
        {
            what: "a Git URL that is an option",
            stack: change(minimal, { git: { url: "--upload-pack=id" } }),
            expected: [
                'multiarch:git.url is "--upload-pack=id": expected an https://, http://, ssh:// or git:// URL or user@host:path, without white space, query or option',
            ],
        },
        {
            what: "a Git URL with a password, without showing it",
            stack: change(minimal, {
                git: { url: "https://ann:hunter2@git.example.com/shop.git" },
            }),
            expected: [
                'multiarch:git.url is "https://***@git.example.com/shop.git": expected a URL without a user name and password: set multiarch:gitUsername and the secret multiarch:gitPassword',
            ],
        },
        {
            what: "a Git URL with a token, without showing it",
            stack: change(minimal, { git: { url: "https://hunter2@git.example.com/shop.git" } }),
            expected: [
                'multiarch:git.url is "https://***@git.example.com/shop.git": expected a URL without a user name and password: set multiarch:gitUsername and the secret multiarch:gitPassword',
            ],
        },
        {
            what: "a ref that is an option",
            stack: change(minimal, {
                git: { url: "https://git.example.com/shop.git", ref: "--all" },
            }),
            expected: [
                'multiarch:git.ref is "--all": expected a branch or tag as git check-ref-format accepts it, not beginning with "-"; a commit ID belongs in commit',
            ],
        },
        {
            what: "a short commit",
            stack: change(minimal, {
                git: { url: "https://git.example.com/shop.git", commit: "abc1234" },
            }),
            expected: [
                'multiarch:git.commit is "abc1234": expected a full commit ID of 40 hexadecimal digits in lower case',
            ],
        },
        {
            what: "a name of a Secret that is none",
            stack: change(minimal, {
                git: { url: "https://git.example.com/shop.git", sourceSecret: "a_b" },
            }),
            expected: [
                'multiarch:git.sourceSecret is "a_b": expected the name of a Secret, of at most 253 lower-case letters, digits, "-" and "."',
            ],
        },
        {
            what: "a Git user without a password",
            stack: change(minimal, { gitUsername: "ann" }),
            expected: [
                "multiarch:gitPassword is not set: expected the password of multiarch:gitUsername, as a secret",
            ],
        },
        {
            what: "a Git password without a user",
            stack: { ...minimal, secrets: { gitPassword: "hunter2" } },
            expected: [
                "multiarch:gitUsername is not set: expected the account that multiarch:gitPassword belongs to",
            ],
        },
        {
            what: "a Git user next to a Secret for cloning",
            stack: {
                ...change(minimal, {
                    gitUsername: "ann",
                    git: { url: "https://git.example.com/shop.git", sourceSecret: "clone" },
                }),
                secrets: { gitPassword: "hunter2" },
            },
            expected: [
                'multiarch:git.sourceSecret is "clone": expected either sourceSecret or gitUsername with gitPassword, not both',
            ],
        },
        {
            what: "a Git user for a URL that has no password",
            stack: {
                ...change(minimal, {
                    gitUsername: "ann",
                    git: { url: "ssh://git@git.example.com/shop.git" },
                }),
                secrets: { gitPassword: "hunter2" },
            },
            expected: [
                'multiarch:git.url is "ssh://***@git.example.com/shop.git": expected an https:// or http:// URL, as multiarch:gitUsername and gitPassword are for those',
            ],
        },
    ])("$what", ({ stack, expected }) => {
        expect(problems(stack)).toEqual(expected);
    });
});
