import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import fc from "fast-check";

import { CommitResolver, resolveCommit } from "../../../checks/source/commit";
import { ownGit, recordGit, refusalOf } from "./recordGit";

const environment = { ...process.env };

let folder: string;
/** A repository with a branch `main`, a branch and a tag `both`, and tags of either kind. */
let url: string;
/** Commit IDs, oldest first. */
let commits: [string, string, string];
/** What an injected command would write to. */
let made: string;

function inRepository(...args: string[]): string {
    return execFileSync("git", args, { cwd: url, encoding: "utf8" }).trim();
}

function commit(message: string): string {
    inRepository("commit", "--quiet", "--allow-empty", "--message", message);
    return inRepository("rev-parse", "HEAD");
}

beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "multiarch-commit-"));
    url = path.join(folder, "repository");
    made = path.join(folder, "made");
    fs.mkdirSync(url);
    fs.mkdirSync(made);
    Object.assign(process.env, {
        ...ownGit,
        // The user's own configuration may allow what the program must not.
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "protocol.allow",
        GIT_CONFIG_VALUE_0: "always",
    });
    inRepository("init", "--quiet", "--initial-branch", "main");
    const first = commit("first");
    inRepository("tag", "light");
    inRepository("tag", "--annotate", "--message", "v1", "annotated");
    inRepository("tag", "--annotate", "--message", "old", "both");
    const second = commit("second");
    inRepository("branch", "both");
    inRepository("branch", "feature/one");
    commits = [first, second, commit("third")];
});

afterEach(() => {
    process.env["PATH"] = environment["PATH"];
});

afterAll(() => {
    process.env = environment;
    fs.rmSync(folder, { recursive: true });
});

describe("resolveCommit", () => {
    it.each<[string, string, number]>([
        ["a branch", "main", 2],
        ["a branch with a slash", "feature/one", 1],
        ["a lightweight tag", "light", 0],
        ["the commit behind an annotated tag", "annotated", 0],
        ["a branch before a tag of the same name", "both", 1],
        ["a branch by its full name", "refs/heads/main", 2],
        ["a lightweight tag by its full name", "refs/tags/light", 0],
        ["the commit behind an annotated tag by its full name", "refs/tags/annotated", 0],
        ["a tag that a branch hides, by its full name", "refs/tags/both", 0],
    ])("finds %s", async (_, ref, index) => {
        expect(await resolveCommit({ url, ref })).toBe(commits[index]);
    });

    it("reads a repository by a file URL", async () => {
        expect(await resolveCommit({ url: `file://${url}`, ref: "main" })).toBe(commits[2]);
    });

    it.each(["nowhere", "one", "refs/heads/light", "*", "ma*"])(
        "says of the unknown ref %s what to do",
        async (ref) => {
            expect(await refusalOf(resolveCommit({ url, ref }))).toBe(
                [
                    `multiarch:git.ref: ${JSON.stringify(ref)} is neither a branch nor a tag of ${url}.`,
                    `See what is there: git ls-remote ${url}`,
                    "Then set it: pulumi config set --path multiarch:git.ref NAME",
                ].join("\n"),
            );
        },
    );

    it.each(["multiarch:images[2].git", "multiarch:images[0].git"])(
        "names the key that the ref comes from: %s",
        async (key) => {
            expect(await refusalOf(resolveCommit({ url, ref: "gone", key }))).toBe(
                [
                    `${key}.ref: "gone" is neither a branch nor a tag of ${url}.`,
                    `See what is there: git ls-remote ${url}`,
                    `Then set it: pulumi config set --path '${key}.ref' NAME`,
                ].join("\n"),
            );
        },
    );

    it("names the key of a repository that cannot be read", async () => {
        const gone = { url: `file://${url}/gone`, ref: "main", key: "multiarch:images[1].git" };
        expect(await refusalOf(resolveCommit(gone))).toMatch(/^multiarch:images\[1\]\.git\.url: /);
    });

    it("repeats what git says when there is no such repository", async () => {
        const missing = path.join(folder, "missing");

        expect(await refusalOf(resolveCommit({ url: missing, ref: "main" }))).toBe(
            [
                `multiarch:git.url: ${missing} cannot be read: git ls-remote failed.`,
                `  fatal: '${missing}' does not appear to be a git repository`,
                "  fatal: Could not read from remote repository.",
                "  ",
                "  Please make sure you have the correct access rights",
                "  and the repository exists.",
                `A private repository is read with multiarch:gitUsername and gitPassword, or else your own Git credentials; try: git ls-remote ${missing}`,
            ].join("\n"),
        );
    });

    it("says that git is missing", async () => {
        process.env["PATH"] = made;

        expect(await refusalOf(resolveCommit({ url, ref: "main" }))).toMatch(
            /cannot be read: git is not on the PATH: install it, then run this again\.\n/,
        );
    });

    it("asks once, with one question for all that the ref may be", async () => {
        const questions = recordGit(folder);
        await resolveCommit({ url, ref: "main" });

        expect(questions()).toEqual([
            `ls-remote -- ${url} refs/heads/main refs/tags/main^{} refs/tags/main`,
        ]);
    });

    it("takes a pinned commit as it is and asks nothing", async () => {
        const questions = recordGit(folder);
        const pinned = "f".repeat(40);

        expect(
            await resolveCommit({ url: "https://nowhere.invalid/", ref: "main", commit: pinned }),
        ).toBe(pinned);
        expect(questions()).toEqual([]);
    });
});

describe("CommitResolver", () => {
    it("asks once for each URL and ref, however many images there are", async () => {
        const questions = recordGit(folder);
        const resolver = new CommitResolver();
        const revisions = ["main", "light", "main", "main"].map((ref) => ({ url, ref }));

        expect(await Promise.all(revisions.map((one) => resolver.resolve(one)))).toEqual(
            [2, 0, 2, 2].map((index) => commits[index]),
        );
        expect(await resolver.resolve({ url, ref: "main" })).toBe(commits[2]);
        expect(questions()).toHaveLength(2);
    });

    it("tells a pinned commit from the ref beside it", async () => {
        const resolver = new CommitResolver();
        const pinned = "f".repeat(40);

        expect(await resolver.resolve({ url, ref: "main", commit: pinned })).toBe(pinned);
        expect(await resolver.resolve({ url, ref: "main" })).toBe(commits[2]);
    });
});

describe("a URL or a ref that is a command", () => {
    /** Resolves, whatever comes of it; returns the files that it made. */
    async function filesAfter(revision: { url: string; ref: string }): Promise<string[]> {
        await resolveCommit(revision).catch(() => undefined);
        return fs.readdirSync(made);
    }

    it.each([
        [
            "an option as the URL",
            (file: string) => ({ url: `--upload-pack=touch ${file};`, ref: "." }),
        ],
        ["an option as the ref", (file: string) => ({ url, ref: `--upload-pack=touch ${file};` })],
        ["a remote helper", (file: string) => ({ url: `ext::sh -c touch% ${file}`, ref: "main" })],
        ["a shell's substitution", (file: string) => ({ url, ref: `$(touch ${file})` })],
        ["a shell's separator", (file: string) => ({ url: `${url}; touch ${file}`, ref: "main" })],
        [
            "an option of ssh",
            (file: string) => ({ url: `ssh://-oProxyCommand=touch ${file}/x`, ref: "main" }),
        ],
    ])("runs nothing: %s", async (_, revision) => {
        expect(await filesAfter(revision(path.join(made, "file")))).toEqual([]);
    });

    it("says that the remote helper is not allowed", async () => {
        const helper = `ext::sh -c touch% ${path.join(made, "file")}`;

        expect(await refusalOf(resolveCommit({ url: helper, ref: "main" }))).toContain(
            "  fatal: transport 'ext' not allowed",
        );
    });

    it("runs nothing, whatever the strings are", async () => {
        const touch = fc.constantFrom(
            ...[
                "--upload-pack=",
                "--exec=",
                "-",
                "ext::sh -c ",
                "fd::",
                "",
                ";",
                "$(",
                "|",
                "`",
            ].flatMap((start) =>
                ["touch ", "touch% "].map((verb) => `${start}${verb}${folder}/made/x`),
            ),
        );
        const text = fc.oneof(
            touch,
            fc.string(),
            fc.tuple(fc.string(), touch, fc.string()).map((parts) => parts.join("")),
        );
        const ours = fc.boolean();
        await fc.assert(
            fc.asyncProperty(text, text, ours, async (one, ref, known) => {
                // A URL with a host would ask another machine.
                const remote = known ? url : one.replaceAll("//", "/");
                expect(await filesAfter({ url: remote, ref })).toEqual([]);
            }),
            { numRuns: 60 },
        );
    }, 20_000);
});
