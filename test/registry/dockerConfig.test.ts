import { accountIn, helperFor, readDockerConfig } from "../../registry/dockerConfig";

const auth = (text: string) => Buffer.from(text).toString("base64");
const robot = { username: "robot", password: "hunter2" };

describe("a Docker configuration", () => {
    it.each([
        ["the host", "quay.io", { "quay.io": { auth: auth("robot:hunter2") } }],
        ["its URL", "quay.io", { "https://quay.io": { auth: auth("robot:hunter2") } }],
        [
            "its URL of version 1",
            "quay.io",
            { "https://quay.io/v1/": { auth: auth("robot:hunter2") } },
        ],
        [
            "its URL of version 2",
            "quay.io",
            { "https://quay.io/v2/": { auth: auth("robot:hunter2") } },
        ],
        ["a host with a port", "h:5000", { "h:5000": { auth: auth("robot:hunter2") } }],
        [
            "Docker's own key",
            "docker.io",
            { "https://index.docker.io/v1/": { auth: auth("robot:hunter2") } },
        ],
        ["name and password", "quay.io", { "quay.io": robot }],
        [
            "an empty name beside auth",
            "quay.io",
            { "quay.io": { username: "", password: "", auth: auth("robot:hunter2") } },
        ],
        [
            "a name without password beside auth",
            "quay.io",
            { "quay.io": { username: "ann", auth: auth("robot:hunter2") } },
        ],
        [
            "null beside auth",
            "quay.io",
            { "quay.io": { username: null, password: null, auth: auth("robot:hunter2") } },
        ],
        [
            "entries of others that are null",
            "quay.io",
            { "a.io": null, "b.io": {}, "quay.io": robot },
        ],
        [
            "two keys of the host, the URL first",
            "quay.io",
            { "https://quay.io/v1/": { auth: auth("old:one") }, "quay.io": robot },
        ],
        [
            "two keys of the host, one of them empty",
            "quay.io",
            { "quay.io": {}, "https://quay.io": robot },
        ],
        [
            "a password filled up with zero bytes",
            "quay.io",
            { "quay.io": { auth: auth("robot:hunter2\0\0") } },
        ],
    ])("gives an account by %s", (_, server, auths) => {
        expect(accountIn(readDockerConfig(JSON.stringify({ auths })), server)).toEqual(robot);
    });

    it("keeps colons in a password", () => {
        const auths = { "quay.io": { auth: auth("robot:a:b") } };
        expect(accountIn(readDockerConfig(JSON.stringify({ auths })), "quay.io")?.password).toBe(
            "a:b",
        );
    });

    it.each([
        ["an empty file", ""],
        ["no JSON", "{"],
        ["nothing", "{}"],
        ["null for all accounts", '{"auths":null}'],
        ["a list", "[]"],
        [
            "another registry",
            JSON.stringify({ auths: { "quay.io.evil": robot, "evilquay.io": robot } }),
        ],
        [
            "an identity token alone",
            JSON.stringify({ auths: { "quay.io": { identitytoken: "t" } } }),
        ],
        ["auth without a name", JSON.stringify({ auths: { "quay.io": { auth: auth(":x") } } })],
    ])("gives none for %s", (_, text) => {
        expect(accountIn(readDockerConfig(text), "quay.io")).toBeUndefined();
    });

    it("names the helper of a registry, and the key that it goes by", () => {
        const config = readDockerConfig(
            JSON.stringify({
                credHelpers: { "https://quay.io": "quay", "b.io": "../evil", "c.io": null },
                credsStore: "desktop",
            }),
        );
        expect(helperFor(config, "quay.io")).toEqual({
            program: "docker-credential-quay",
            server: "https://quay.io",
        });
        expect(helperFor(config, "docker.io")).toEqual({
            program: "docker-credential-desktop",
            server: "https://index.docker.io/v1/",
        });
        expect(helperFor(config, "b.io")).toBeUndefined();
        expect(helperFor(readDockerConfig("{}"), "quay.io")).toBeUndefined();
    });
});
