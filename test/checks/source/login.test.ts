import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

import { createRepository } from "../../../testbed/sandbox/fixture";
import { gitOverHttp } from "../../../testbed/sandbox/gitHttps";
import { CommitResolver, resolveCommit } from "../../../checks/source/commit";
import { checkDockerfiles } from "../../../checks/source/dockerfile";
import { type GitLogin } from "../../../checks/source/git";
import { ownGit, recordGit, refusalOf } from "./recordGit";

const environment = { ...process.env };
/** With everything in it that a shell, a format or Git's credential protocol could stumble over. */
const account = { user: "developer", password: `p'a"s$HOME%s\\n\`id\` wörd` };

let folder: string;
let server: Server;
let url: string;
let commit: string;
/** The arguments of every git that ran. */
let questions: () => string[];

beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "multiarch-login-"));
    ({ commit } = await createRepository("one", path.join(folder, "git")));
    Object.assign(process.env, {
        ...ownGit,
        // What the user has set stays; but a helper of theirs must not hide that the stack's password is wrong.
        GIT_CONFIG_COUNT: "2",
        GIT_CONFIG_KEY_0: "credential.helper",
        GIT_CONFIG_VALUE_0: `!touch '${folder}/asked'; cat '${folder}/right'; :`,
        GIT_CONFIG_KEY_1: "safe.directory",
        GIT_CONFIG_VALUE_1: "*",
        GIT_ASKPASS: path.join(folder, "askpass"),
    });
    const right = `username=${account.user}\npassword=${account.password}\n`;
    fs.writeFileSync(path.join(folder, "right"), right);
    const touch = `#!/bin/sh\ntouch '${folder}/asked'\n`;
    fs.writeFileSync(path.join(folder, "askpass"), touch, { mode: 0o755 });
    server = createServer(gitOverHttp(path.join(folder, "git"), account));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/one.git`;
});

beforeEach(() => {
    process.env["PATH"] = environment["PATH"];
    fs.rmSync(path.join(folder, "asked"), { force: true });
    questions = recordGit(folder);
});

afterAll(async () => {
    process.env = environment;
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(folder, { recursive: true });
});

function login(changes: Partial<GitLogin> = {}): GitLogin {
    return { url, username: account.user, password: account.password, ...changes };
}

const helpersAsked = () => fs.existsSync(path.join(folder, "asked"));
const refused = (said: string) =>
    [
        `multiarch:gitPassword: ${url} does not take the account "developer" of multiarch:gitUsername with this password.`,
        `  ${said}`,
        "Set it again: pulumi config set --secret multiarch:gitPassword",
    ].join("\n");
const authenticationFailed = () => `fatal: Authentication failed for '${url}/'`;

describe("resolveCommit with an account", () => {
    it("reads a private repository, and asks nobody else for the password", async () => {
        expect(await resolveCommit({ url, ref: "main", login: login() })).toBe(commit);

        expect(helpersAsked()).toBe(false);
        expect(questions().join()).not.toContain("p'a");
    });

    it("names the key of a wrong password, though the user's own credentials would do", async () => {
        const wrong = login({ password: "wrong" });

        expect(await refusalOf(resolveCommit({ url, ref: "main", login: wrong }))).toBe(
            refused(authenticationFailed()),
        );
        expect(helpersAsked()).toBe(false);
        expect(await resolveCommit({ url, ref: "main" })).toBe(commit);
        expect(helpersAsked()).toBe(true);
    });

    it("tells no other server", async () => {
        const elsewhere = login({ url: url.replace("127.0.0.1", "localhost") });

        expect(await refusalOf(resolveCommit({ url, ref: "main", login: elsewhere }))).toContain(
            "fatal: could not read Username",
        );
    });

    it("says of a repository that is not there who asked", async () => {
        const missing = url.replace("one", "two");

        expect(await refusalOf(resolveCommit({ url: missing, ref: "main", login: login() }))).toBe(
            [
                `multiarch:git.url: ${missing} cannot be read: git ls-remote failed.`,
                `  fatal: repository '${missing}/' not found`,
                'It was asked with the account "developer" of multiarch:gitUsername: look whether that may read it.',
            ].join("\n"),
        );
    });

    it("asks once for one account, and again for none", async () => {
        const resolver = new CommitResolver();
        const revision = { url, ref: "main" };

        await resolver.resolve({ ...revision, login: login() });
        await resolver.resolve({ ...revision, login: login() });
        await resolver.resolve(revision);

        expect(questions().filter((it) => it.startsWith("ls-remote"))).toHaveLength(2);
    });
});

describe("checkDockerfiles with an account", () => {
    const file = () => ({ url, commit, contextDir: "docker", dockerfilePath: "none" });

    it("reads a private repository", async () => {
        const cache = path.join(folder, "cache");

        expect(await refusalOf(checkDockerfiles([{ ...file(), login: login() }], cache))).toContain(
            `there is no "docker/none" in commit ${commit}`,
        );
        expect(helpersAsked()).toBe(false);
    });

    it("names the key of a wrong password, for a commit that nobody had to look up", async () => {
        const wrong = login({ password: "wrong" });
        const cache = path.join(folder, "empty");

        expect(await refusalOf(checkDockerfiles([{ ...file(), login: wrong }], cache))).toBe(
            refused(authenticationFailed()),
        );
    });
});
