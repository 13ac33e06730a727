import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { readKubeconfigs, type Variables } from "../../cluster/kubeconfigFiles";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch kubeconfig-"));
});

afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): string {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    return path;
}

/** A kubeconfig of one context. */
function kubeconfig(name: string, server: string, current = name): string {
    return JSON.stringify({
        "current-context": current,
        clusters: [{ name, cluster: { server } }],
        users: [{ name, user: { token: `token-of-${server}` } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
    });
}

const listed = (...files: string[]) => ({ KUBECONFIG: files.join(delimiter), HOME: folder });

describe("readKubeconfigs", () => {
    it("takes the current context of the first file in KUBECONFIG", () => {
        const [a, b] = [
            write("a", kubeconfig("one", "https://a")),
            write("b", kubeconfig("two", "https://b")),
        ];
        const config = readKubeconfigs(undefined, listed(a, b));
        expect(config.currentContext).toBe("one");
        expect([...config.contexts.keys()].sort()).toEqual(["one", "two"]);
    });

    it("takes a later file's current context where the first has none", () => {
        const [a, b] = [
            write("a", kubeconfig("one", "https://a", "")),
            write("b", kubeconfig("two", "https://b")),
        ];
        expect(readKubeconfigs(undefined, listed(a, b)).currentContext).toBe("two");
    });

    it("takes all of a repeated entry from the first file, and nothing from a later one", () => {
        const a = write("a", "clusters: [{name: same, cluster: {server: 'https://a'}}]\n");
        const b = write(
            "b",
            "clusters: [{name: same, cluster: {server: 'https://b', insecure-skip-tls-verify: true}}]\n",
        );
        expect([...readKubeconfigs(undefined, listed(a, b)).clusters]).toEqual([
            ["same", { server: "https://a" }],
        ]);
    });

    it("passes over files in KUBECONFIG that are not there, and over empty names", () => {
        const b = write("b", kubeconfig("two", "https://b"));
        const config = readKubeconfigs(undefined, listed("", join(folder, "none"), b));
        expect(config.currentContext).toBe("two");
        expect(config.files).toEqual([b]);
    });

    it("reads ~/.kube/config where KUBECONFIG is not set", () => {
        write(".kube/config", kubeconfig("home", "https://home"));
        expect(readKubeconfigs(undefined, { HOME: folder }).currentContext).toBe("home");
    });

    it("says nothing but the place where there is no file at all", () => {
        expect(readKubeconfigs(undefined, { HOME: folder })).toEqual({
            clusters: new Map(),
            users: new Map(),
            contexts: new Map(),
            currentContext: undefined,
            files: [join(folder, ".kube/config")],
        });
    });

    it("refuses a path of its own that is not there, whatever KUBECONFIG lists", () => {
        const a = write("a", kubeconfig("one", "https://a"));
        const none = join(folder, "none");
        expect(() => readKubeconfigs(none, listed(a))).toThrow(
            `There is no kubeconfig file ${none}.`,
        );
    });

    it.each([
        ["YAML", "apiVersion: v1\nusers: [{name: u, user: {token: hunter2}}]"],
        ["YAML of one line", "users: [{name: u, user: {token: hunter2}}]"],
        ["JSON", '{"users":[{"name":"u","user":{"token":"hunter2"}}]}'],
        ["base64", Buffer.from("apiVersion: v1\ntoken: hunter2").toString("base64")],
    ])("refuses a text in place of a path, and repeats nothing of it: %s", (_, text) => {
        const said = (path: string | undefined, variables: Variables) => {
            try {
                readKubeconfigs(path, variables);
            } catch (error) {
                return String(error);
            }
            return "nothing";
        };
        const rest =
            "is the text of a kubeconfig: expected a path. Next: write the text to a file that only you can read (umask 077), and name that.";
        expect(said(text, {})).toBe(`Error: The kubeconfig ${rest}`);
        expect(said(undefined, { KUBECONFIG: text })).toBe(`Error: The KUBECONFIG ${rest}`);
    });

    it("takes paths as beside the file that names them", () => {
        const text = [
            "clusters: [{name: c, cluster: {certificate-authority: pki/ca.crt}}]",
            "users:",
            "- {name: u, user: {client-certificate: u.crt, client-key: /etc/u.key, tokenFile: token}}",
            "- {name: beside, user: {exec: {command: ./login}}}",
            "- {name: named, user: {exec: {command: login}}}",
        ];
        const file = write("deep/config", text.join("\n"));
        const { clusters, users } = readKubeconfigs(file, {});
        expect(clusters.get("c")).toEqual({
            "certificate-authority": join(folder, "deep/pki/ca.crt"),
        });
        expect(users.get("u")).toEqual({
            "client-certificate": join(folder, "deep/u.crt"),
            "client-key": "/etc/u.key",
            tokenFile: join(folder, "deep/token"),
        });
        expect(users.get("beside")).toEqual({ exec: { command: join(folder, "deep/login") } });
        expect(users.get("named")).toEqual({ exec: { command: "login" } });
    });

    it.each([
        ["an empty file", ""],
        ["a file of comments", "# nothing\n"],
        ["lists that are null", "clusters: null\nusers:\ncontexts: null\n"],
    ])("takes %s for one without entries", (_, text) => {
        const config = readKubeconfigs(write("a", text), {});
        expect([config.clusters.size, config.users.size, config.contexts.size]).toEqual([0, 0, 0]);
    });

    it.each([
        [
            "two clusters of one name",
            "clusters: [{name: c}, {name: c}]",
            'has two clusters named "c".',
        ],
        ["two users of one name", "users: [{name: u}, {name: u}]", 'has two users named "u".'],
        ["what is not YAML", "clusters: [", "is not YAML: "],
        ["what is no kubeconfig", "clusters: {}", "is not one: clusters: "],
        ["an entry without a name", "users: [{user: {}}]", "is not one: users.0.name: "],
    ])("refuses %s, with the file", (_, text, problem) => {
        const file = write("a", text);
        expect(() => readKubeconfigs(file, {})).toThrow(`The kubeconfig ${file} ${problem}`);
    });
});
