import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";

import { checkDockerfiles, type DockerfileAt } from "../../../checks/source/dockerfile";
import { ownGit, realGit, recordGit, refusalOf } from "./recordGit";

// The two folders that a process cannot move by its environment once jest has started it.
jest.mock("node:os", () => {
    const actual = jest.requireActual<typeof import("node:os")>("node:os");
    return { ...actual, homedir: jest.fn(actual.homedir), tmpdir: jest.fn(actual.tmpdir) };
});

const environment = { ...process.env };

let folder: string;
/** What has been committed; `server` is a bare copy of it, as a Git host has one. */
let work: string;
let server: string;
let url: string;
/** The first commit holds `old.Dockerfile` only, and no ref points to it. */
let first: string;
let commit: string;
/** Empty for each test; `warm` is one for all that only ask what is in a commit. */
let cache: string;
let warm: string;

const files = [
    "Dockerfile",
    "docker/api.Dockerfile",
    "services/api/Dockerfile",
    // Names that a listing of lines, or one with quotes, would get wrong.
    "evil\nother.Dockerfile",
    'evil\t"quoted".Dockerfile',
    "docker/Größe ☃.Dockerfile",
    "docker/$(touch made).Dockerfile",
    "--upload-pack=x",
];

function git(cwd: string, ...args: string[]): string {
    return execFileSync(realGit, args, { cwd, encoding: "utf8" }).trim();
}

function write(name: string): void {
    fs.mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
    fs.writeFileSync(path.join(work, name), "FROM scratch\n");
}

function commitAll(message: string): string {
    git(work, "add", "--all");
    git(work, "commit", "--quiet", "--message", message);
    return git(work, "rev-parse", "HEAD");
}

function at(dockerfilePath: string, changes: Partial<DockerfileAt> = {}): DockerfileAt {
    return { url, commit, contextDir: ".", dockerfilePath, ...changes };
}

/** The text that these Dockerfiles are refused with; nothing when they are not. */
async function refusal(...wanted: DockerfileAt[]): Promise<string | undefined> {
    const text = await refusalOf(checkDockerfiles(wanted, cache));
    // Nothing stays behind, whatever happened.
    expect(fs.readdirSync(path.join(folder, "tmp"))).toEqual([]);
    return text;
}

function missing(...paths: string[]): string {
    return [
        ...paths.map(
            (file) =>
                `multiarch:images.dockerfilePath: there is no ${JSON.stringify(file)} in commit ${commit} of ${url}.`,
        ),
        "See what is there: git ls-tree -r --name-only COMMIT; then correct dockerfilePath or contextDir.",
    ].join("\n");
}

beforeAll(() => {
    folder = fs.mkdtempSync(path.join(tmpdir(), "multiarch-dockerfile-"));
    work = path.join(folder, "work");
    server = path.join(folder, "server.git");
    url = `file://${server}`;
    fs.mkdirSync(work);
    fs.mkdirSync(path.join(folder, "tmp"));
    jest.mocked(tmpdir).mockReturnValue(path.join(folder, "tmp"));
    Object.assign(process.env, ownGit);
    git(work, "init", "--quiet", "--initial-branch", "main");
    write("old.Dockerfile");
    first = commitAll("first");
    fs.rmSync(path.join(work, "old.Dockerfile"));
    files.forEach(write);
    fs.symlinkSync("services", path.join(work, "linked"));
    fs.symlinkSync("services/api/Dockerfile", path.join(work, "link.Dockerfile"));
    git(work, "update-index", "--add", "--cacheinfo", `160000,${first},vendor/module`);
    git(work, "add", "--all", "--", ".", ":!vendor");
    git(work, "commit", "--quiet", "--message", "second");
    commit = git(work, "rev-parse", "HEAD");
    git(folder, "clone", "--quiet", "--bare", work, server);
    git(server, "config", "uploadpack.allowFilter", "true");
    git(server, "config", "uploadpack.allowAnySHA1InWant", "true");
    warm = fs.mkdtempSync(path.join(folder, "warm-"));
});

beforeEach(() => {
    cache = fs.mkdtempSync(path.join(folder, "cache-"));
});

afterEach(() => {
    process.env["PATH"] = environment["PATH"];
    delete process.env["GIT_CONFIG_COUNT"];
});

afterAll(() => {
    process.env = environment;
    fs.rmSync(folder, { recursive: true });
});

describe("checkDockerfiles", () => {
    it("finds those that are there, each below its context", async () => {
        expect(
            await refusal(
                at("Dockerfile"),
                at("docker/api.Dockerfile"),
                at("Dockerfile", { contextDir: "services/api" }),
                at("./api/Dockerfile", { contextDir: "./services/" }),
                at("link.Dockerfile"),
                at("old.Dockerfile", { commit: first }),
            ),
        ).toBeUndefined();
    });

    it.each<[string, string, string, string]>([
        ["another name", "dockerfile", ".", "dockerfile"],
        ["a folder", "docker", ".", "docker"],
        ["one of another commit", "old.Dockerfile", ".", "old.Dockerfile"],
        ["one beside the context", "docker/api.Dockerfile", "services/api", ""],
        ["one in a context that is not there", "Dockerfile", "services/web", ""],
        ["a part of a name", "api.Dockerfile", ".", "api.Dockerfile"],
        ["the end of a name with a line break", "other.Dockerfile", ".", "other.Dockerfile"],
        ["nothing", ".", ".", "."],
    ])("refuses %s", async (_, dockerfilePath, contextDir, shown) => {
        cache = warm;
        expect(await refusal(at(dockerfilePath, { contextDir }))).toBe(
            missing(shown === "" ? `${contextDir}/${dockerfilePath}` : shown),
        );
    });

    it("names every one that is missing, and only those", async () => {
        expect(
            await refusal(
                at("web.Dockerfile"),
                at("Dockerfile"),
                at("Dockerfile", { contextDir: "docker" }),
            ),
        ).toBe(missing("web.Dockerfile", "docker/Dockerfile"));
    });

    it.each(files)("finds %j", async (name) => {
        cache = warm;
        expect(await refusal(at(name))).toBeUndefined();
        expect(await refusal(at(`${name}x`))).toBe(missing(`${name}x`));
    });

    it.each([
        ["in a submodule", "Dockerfile", "vendor/module"],
        ["behind a link to a folder", "Dockerfile", "linked/api"],
    ])("leaves to the build what is %s", async (_, dockerfilePath, contextDir) => {
        expect(await refusal(at(dockerfilePath, { contextDir }))).toBeUndefined();
        expect(await refusal(at(dockerfilePath, { contextDir: "vendor/other" }))).toBe(
            missing("vendor/other/Dockerfile"),
        );
    });

    it("fetches a commit once, and none of its files' contents", async () => {
        const questions = recordGit(folder);
        await refusal(at("Dockerfile"), at("docker/api.Dockerfile"), at("web.Dockerfile"));
        const fetches = questions().filter((line) => line.includes("fetch"));

        expect(fetches).toHaveLength(1);
        expect(fetches[0]).toContain("--depth=1 --filter=blob:none");
    });

    it("needs neither git nor the server a second time", async () => {
        const copy = path.join(folder, "copy.git");
        const copied = { url: `file://${copy}` };
        git(folder, "clone", "--quiet", "--bare", server, copy);
        git(copy, "config", "uploadpack.allowFilter", "true");
        expect(await refusal(at("Dockerfile", copied))).toBeUndefined();

        fs.rmSync(copy, { recursive: true });
        const questions = recordGit(folder);
        expect(await refusal(at("Dockerfile", copied))).toBeUndefined();
        expect(await refusal(at("web.Dockerfile", copied))).toContain("web.Dockerfile");
        expect(questions()).toEqual([]);
        // What is known of one commit says nothing about another one.
        expect(await refusal(at("Dockerfile", { ...copied, commit: first }))).toBeUndefined();
        expect(questions()).not.toEqual([]);
    });

    it("keeps one whole list for each commit", async () => {
        const wanted = [at("Dockerfile")];
        await Promise.all([checkDockerfiles(wanted, cache), checkDockerfiles(wanted, cache)]);
        await refusal(at("old.Dockerfile", { commit: first }));

        const names = fs.readdirSync(path.join(cache, "commits"));
        expect(names).toHaveLength(2);
        expect(names.every((name) => /^[0-9a-f]{32}$/.test(name))).toBe(true);
    });

    it("works where nothing can be kept", async () => {
        cache = path.join(folder, "no-folder");
        fs.writeFileSync(cache, "");

        expect(await refusal(at("Dockerfile"))).toBeUndefined();
        expect(await refusal(at("web.Dockerfile"))).toBe(missing("web.Dockerfile"));
    });

    it("asks a server that sends contents whether one wants them or not", async () => {
        const full = path.join(folder, "full.git");
        git(folder, "clone", "--quiet", "--bare", server, full);

        expect(await refusal(at("web.Dockerfile", { url: `file://${full}` }))).toContain(
            `there is no "web.Dockerfile" in commit ${commit} of file://${full}.`,
        );
    });
});

describe("what the server does not show", () => {
    it.each<[string, () => Partial<DockerfileAt>]>([
        ["a commit that it does not have", () => ({ commit: "f".repeat(40) })],
        ["a repository that is not there", () => ({ url: "file:///nowhere/at/all" })],
        ["a transport that is not allowed", () => ({ url: "ext::sh -c touch% made" })],
        ["a host that is an option", () => ({ url: "ssh://-oProxyCommand=touch made/x" })],
    ])("is left to the build: %s", async (_, changes) => {
        expect(await refusal(at("web.Dockerfile", changes()))).toBeUndefined();
        expect(fs.existsSync(path.join(cache, "commits"))).toBe(false);
    });

    it("is left to the build: a commit that no ref points to, on a server of the old protocol", async () => {
        const strict = path.join(folder, "strict.git");
        git(folder, "clone", "--quiet", "--bare", work, strict);
        Object.assign(process.env, {
            GIT_CONFIG_COUNT: "1",
            GIT_CONFIG_KEY_0: "protocol.version",
            GIT_CONFIG_VALUE_0: "0",
        });
        const wanted = { url: `file://${strict}`, commit: first };

        expect(await refusal(at("web.Dockerfile", wanted))).toBeUndefined();
        // It does show what a branch points to.
        expect(await refusal(at("web.Dockerfile", { ...wanted, commit }))).toContain("there is no");
    });

    it("is left to the build: everything where there is no git", async () => {
        process.env["PATH"] = path.join(folder, "nothing");

        expect(await refusal(at("web.Dockerfile"))).toBeUndefined();
    });

    it("does not hide what is known to be missing elsewhere", async () => {
        expect(
            await refusal(at("web.Dockerfile", { commit: "f".repeat(40) }), at("web.Dockerfile")),
        ).toBe(missing("web.Dockerfile"));
    });
});

describe("the cache", () => {
    afterEach(() => {
        delete process.env["XDG_CACHE_HOME"];
    });

    it("is where XDG_CACHE_HOME says", async () => {
        process.env["XDG_CACHE_HOME"] = cache;
        await checkDockerfiles([at("Dockerfile")]);

        expect(fs.readdirSync(path.join(cache, "multiarch/commits"))).toHaveLength(1);
    });

    it.each(["", "relative", undefined])("is in the home folder when that is %j", async (value) => {
        if (value !== undefined) {
            process.env["XDG_CACHE_HOME"] = value;
        }
        jest.mocked(homedir).mockReturnValue(cache);
        await checkDockerfiles([at("Dockerfile")]);

        expect(fs.readdirSync(path.join(cache, ".cache/multiarch/commits"))).toHaveLength(1);
        expect(fs.existsSync("multiarch")).toBe(false);
    });
});
