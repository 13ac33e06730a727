import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { connectionFromKubeconfig } from "../../cluster/kubeconfig";

const never = new AbortController().signal;
let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch kubeconfig-"));
});

afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
});

/** A kubeconfig with one user, current. */
function kubeconfig(user: object, cluster: object = {}): string {
    const path = join(folder, "config");
    writeFileSync(
        path,
        JSON.stringify({
            "current-context": "here",
            clusters: [
                { name: "c", cluster: { server: "https://127.0.0.1:6443/below", ...cluster } },
            ],
            users: [{ name: "u", user }],
            contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
        }),
    );
    return path;
}

/** A credential plugin that counts its runs and tells them apart: a program of Node. */
function plugin(body: string): { exec: object; runs: () => number } {
    const [file, log] = [join(folder, "plugin.cjs"), join(folder, "runs")];
    writeFileSync(log, "");
    writeFileSync(
        file,
        `const fs = require("node:fs"); fs.appendFileSync(${JSON.stringify(log)}, "x");
         const run = fs.readFileSync(${JSON.stringify(log)}, "utf8").length;
         const answer = (status) => console.log(JSON.stringify({ kind: "ExecCredential", status }));
         ${body}`,
    );
    chmodSync(file, 0o755);
    return {
        exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: process.execPath,
            args: [file],
        },
        runs: () => readFileSync(log, "utf8").length,
    };
}

const authorization = (options: { headers?: object }) =>
    (options.headers as Record<string, unknown> | undefined)?.["Authorization"];

describe("connectionFromKubeconfig", () => {
    it("reaches the server that the context names, with its token", async () => {
        const connection = connectionFromKubeconfig({ kubeconfig: kubeconfig({ token: "t" }) });
        expect(connection.server.href).toBe("https://127.0.0.1:6443/below");
        expect(authorization(await connection.options(never))).toBe("Bearer t");
    });

    it("names the contexts that there are", () => {
        const choice = { kubeconfig: kubeconfig({}), context: "there" };
        expect(() => connectionFromKubeconfig(choice)).toThrow(
            'The kubeconfig has no context "there"; it has: here.',
        );
    });

    it("says where it looked when there is no current context", () => {
        expect(() => connectionFromKubeconfig({}, { HOME: folder })).toThrow(
            `The kubeconfig names no current context (${join(folder, ".kube/config")}). Next: oc login, or set multiarch:kubernetes.context.`,
        );
    });

    it("refuses the text of a kubeconfig in place of a path", () => {
        expect(() => connectionFromKubeconfig({ kubeconfig: "{clusters: []}" })).toThrow(
            /^The kubeconfig is the text of a kubeconfig: expected a path\. Next: /,
        );
    });

    it("prefers a token's file to a token, and reads it again once the server refused it", async () => {
        writeFileSync(join(folder, "token"), "first\n");
        const user = { token: "old", tokenFile: "token" };
        const connection = connectionFromKubeconfig({ kubeconfig: kubeconfig(user) });
        const options = await connection.options(never);
        expect(authorization(options)).toBe("Bearer first");
        writeFileSync(join(folder, "token"), "second\n");
        expect(authorization(await connection.options(never))).toBe("Bearer first");
        expect(authorization(await connection.options(never, options))).toBe("Bearer second");
    });

    it("reads the kubeconfig again once its token was refused: somebody logged in anew", async () => {
        const path = kubeconfig({ token: "old" });
        const connection = connectionFromKubeconfig({ kubeconfig: path });
        const options = await connection.options(never);
        kubeconfig({ token: "new" });
        expect(authorization(await connection.options(never, options))).toBe("Bearer new");
    });

    it("uses the cluster's proxy, or else the environment's", async () => {
        const proxied = { "proxy-url": "http://127.0.0.1:3128" };
        const own = connectionFromKubeconfig({ kubeconfig: kubeconfig({}, proxied) }, {});
        expect((await own.options(never)).agent?.constructor.name).toBe("HttpsProxyAgent");
        const remote = { server: "https://api.example.com" };
        const file = kubeconfig({}, remote);
        const from = connectionFromKubeconfig(
            { kubeconfig: file },
            { HTTPS_PROXY: "127.0.0.1:3128" },
        );
        expect((await from.options(never)).agent?.constructor.name).toBe("HttpsProxyAgent");
        const exempt = { HTTPS_PROXY: "127.0.0.1:3128", NO_PROXY: "example.com" };
        const direct = connectionFromKubeconfig({ kubeconfig: file }, exempt);
        expect((await direct.options(never)).agent?.constructor.name).toBe("Agent");
    });
});

describe("a credential plugin", () => {
    it("is run once for many callers", async () => {
        const { exec, runs } = plugin('answer({ token: "t" + run });');
        const connection = connectionFromKubeconfig({ kubeconfig: kubeconfig({ exec }) });
        const all = await Promise.all([1, 2, 3].map(() => connection.options(never)));
        expect(all.map(authorization)).toEqual(["Bearer t1", "Bearer t1", "Bearer t1"]);
        expect(runs()).toBe(1);
    });

    it("is run again after a 401, once for all whom the server refused", async () => {
        const { exec, runs } = plugin('answer({ token: "t" + run });');
        const connection = connectionFromKubeconfig({ kubeconfig: kubeconfig({ exec }) });
        const first = await connection.options(never);
        const again = await Promise.all([1, 2].map(() => connection.options(never, first)));
        expect(again.map(authorization)).toEqual(["Bearer t2", "Bearer t2"]);
        expect(authorization(await connection.options(never, first))).toBe("Bearer t2");
        expect(runs()).toBe(2);
    });

    it("sees no secret of Pulumi's", async () => {
        const { exec } = plugin(
            'answer({ token: process.env.PULUMI_CONFIG_PASSPHRASE ?? "none" });',
        );
        const variables = { PATH: process.env["PATH"], PULUMI_CONFIG_PASSPHRASE: "hunter2" };
        const choice = { kubeconfig: kubeconfig({ exec }) };
        const options = await connectionFromKubeconfig(choice, variables).options(never);
        expect(authorization(options)).toBe("Bearer none");
    });

    it("ends with its caller", async () => {
        const { exec } = plugin("setInterval(() => undefined, 1000);");
        const connection = connectionFromKubeconfig({ kubeconfig: kubeconfig({ exec }) });
        const abort = new AbortController();
        const options = connection.options(abort.signal);
        abort.abort(new Error("interrupted"));
        await expect(options).rejects.toThrow("interrupted");
    });

    it("goes on for the caller that still waits", async () => {
        const { exec, runs } = plugin('setTimeout(() => answer({ token: "t" + run }), 200);');
        const connection = connectionFromKubeconfig({ kubeconfig: kubeconfig({ exec }) });
        const abort = new AbortController();
        const [left, stays] = [connection.options(abort.signal), connection.options(never)];
        abort.abort(new Error("interrupted"));
        await expect(left).rejects.toThrow("interrupted");
        expect(authorization(await stays)).toBe("Bearer t1");
        expect(runs()).toBe(1);
    });

    it.each([
        [
            "that fails",
            'console.error("no session"); process.exit(3);',
            "ended with 3: no session.",
        ],
        ["that answers something else", 'console.log("secret");', "answered no ExecCredential."],
    ])("%s is named, without what it printed as its answer", async (_, body, problem) => {
        const { exec } = plugin(body);
        const connection = connectionFromKubeconfig({ kubeconfig: kubeconfig({ exec }) });
        const error = await connection.options(never).catch((reason: unknown) => reason);
        expect(String(error)).toContain(problem);
        expect(String(error)).not.toContain("secret");
    });
});
