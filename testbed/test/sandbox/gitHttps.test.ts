import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { attempt, command } from "../../sandbox/command";
import { createRepository, type Repository } from "../../sandbox/fixture";
import { gitOverHttp } from "../../sandbox/gitHttps";

const account = { user: "developer", password: "pass:word" };

let folder: string;
let repository: Repository;
let server: Server;

beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "git-https-"));
    repository = await createRepository("one", join(folder, "git"));
    server = createServer(gitOverHttp(join(folder, "git"), account));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
});

/** A URL of the server, with an account in it. */
function url(path: string, { user, password } = account): string {
    const { port } = server.address() as AddressInfo;
    return `http://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${path}`;
}

/** Runs git without this machine's settings, and without asking anybody. */
async function git(...args: string[]) {
    const env = {
        PATH: process.env["PATH"],
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_TERMINAL_PROMPT: "0",
    };
    return attempt(["git", "-c", "safe.directory=*", ...args], { env });
}

/** Asks for a path as an HTTP client does, without following git's ways. */
async function ask(path: string, authorization?: string): Promise<Response> {
    const { port } = server.address() as AddressInfo;
    const headers = new Headers(
        authorization === undefined ? [] : [["authorization", authorization]],
    );
    return fetch(`http://127.0.0.1:${port}/${path}`, { headers });
}

const refs = "one.git/info/refs?service=git-upload-pack";
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("gitOverHttp", () => {
    it("lets the account list, clone and push", async () => {
        const { code, stdout } = await git("ls-remote", url("one.git"), "refs/heads/main");
        expect([code, stdout]).toEqual([0, `${repository.commit}\trefs/heads/main\n`]);

        const clone = join(folder, "clone");
        expect((await git("clone", "--quiet", url("one.git"), clone)).code).toBe(0);
        // Larger than what git sends in one piece, so that it comes chunked.
        writeFileSync(join(clone, "large"), Buffer.alloc(3 * 1024 * 1024, "x"));
        await command(["git", "-C", clone, "add", "large"]);
        const author = ["-c", "user.name=Test", "-c", "user.email=test@sandbox.test"];
        await command(["git", "-C", clone, ...author, "commit", "--quiet", "-m", "Large"]);
        expect((await git("-C", clone, "push", "--quiet", "origin", "HEAD:next")).code).toBe(0);
        const head = await command(["git", "-C", clone, "rev-parse", "HEAD"]);
        expect((await git("-C", repository.path, "rev-parse", "next")).stdout).toBe(head);
    });

    it("lets nobody else in", async () => {
        for (const header of [undefined, "", "Basic", basic("developer:"), basic("x:pass:word")]) {
            const answer = await ask(refs, header);
            expect(answer.status).toBe(401);
            expect(answer.headers.get("www-authenticate")).toBe('Basic realm="git"');
            expect(await answer.text()).toBe("an account is needed\n");
        }
        const { code, stderr } = await git(
            "ls-remote",
            url("one.git", { ...account, password: "wrong" }),
        );
        expect(code).not.toBe(0);
        expect(stderr).toContain("Authentication failed");
    });

    it("answers for what is not there, and for what is outside of the folder", async () => {
        const header = basic("developer:pass:word");

        expect((await ask("two.git/info/refs?service=git-upload-pack", header)).status).toBe(404);
        expect((await ask("%2e%2e%2fgit%2fone.git/HEAD", header)).status).toBe(500);
        expect((await ask("%zz", header)).status).toBe(400);
        expect((await ask(refs, header)).status).toBe(200);
    });
});
