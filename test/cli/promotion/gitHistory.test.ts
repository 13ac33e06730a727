import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
    commitFile,
    earlierDigests,
    noDigest,
    requireClean,
} from "../../../cli/promotion/gitHistory";

const digest = (hex: string) => `sha256:${hex.repeat(64)}`;
const textWith = (value: string | undefined) =>
    `config:\n  multiarch:images:\n    - name: api\n      destination: q.io/a/b\n${value === undefined ? "" : `      digest: ${value}\n`}`;

let folder: string;
let path: string;
const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch-history-"));
    path = join(folder, "Pulumi.staging.yaml");
    git("init", "--quiet", "--initial-branch=main");
    git("config", "user.name", "Test");
    git("config", "user.email", "test@example.com");
});

afterEach(() => {
    rmSync(folder, { recursive: true });
});

/** Commits the file once for each digest. */
function history(...digests: (string | undefined)[]): void {
    for (const value of digests) {
        writeFileSync(path, textWith(value));
        git("add", "-A");
        git("commit", "--quiet", "--allow-empty", "-m", "Change");
    }
}

describe("earlierDigests", () => {
    it("is what the line was before, latest first", async () => {
        history(undefined, noDigest, digest("a"), digest("b"), digest("a"), digest("c"));

        expect(await earlierDigests(path, "api")).toEqual([digest("a"), digest("b")]);
    });

    it("after a roll back is what was rolled back", async () => {
        history(digest("a"), digest("b"), digest("a"));

        expect(await earlierDigests(path, "api")).toEqual([digest("b")]);
    });

    it("knows nothing of another image, of the first digest, or of a file that Git lost", async () => {
        history(digest("a"));
        expect(await earlierDigests(path, "web")).toEqual([]);
        expect(await earlierDigests(path, "api")).toEqual([]);

        git("rm", "--quiet", "Pulumi.staging.yaml");
        git("commit", "--quiet", "-m", "Remove");
        history(digest("c"));

        expect(await earlierDigests(path, "api")).toEqual([digest("a")]);
    });
});

describe("requireClean", () => {
    it("takes a file as Git has it", async () => {
        history(digest("a"));

        await expect(requireClean(path, "Pulumi.staging.yaml")).resolves.toBeUndefined();
    });

    it("refuses a change, staged or not", async () => {
        history(digest("a"));
        writeFileSync(path, textWith(digest("b")));
        const text = [
            "Nothing was promoted, nothing was written.",
            "  Pulumi.staging.yaml: has changes that are not committed: expected the file as Git has it",
            "Next:",
            "  git diff HEAD -- Pulumi.staging.yaml",
        ].join("\n");

        await expect(requireClean(path, "Pulumi.staging.yaml")).rejects.toThrow(text);
        git("add", "-A");
        await expect(requireClean(path, "Pulumi.staging.yaml")).rejects.toThrow(text);
    });

    it("refuses a file that is not in Git, or ignored there", async () => {
        writeFileSync(path, textWith(digest("a")));
        await expect(requireClean(path, "f.yaml")).rejects.toThrow("  f.yaml: is not in Git:");

        writeFileSync(join(folder, ".gitignore"), "*.yaml\n");
        await expect(requireClean(path, "f.yaml")).rejects.toThrow("  f.yaml: is not in Git:");
    });

    it("refuses a folder without Git", async () => {
        rmSync(join(folder, ".git"), { recursive: true });

        await expect(requireClean(path, "f.yaml")).rejects.toThrow("f.yaml: Git does not know it:");
    });
});

describe("commitFile", () => {
    it("commits the file and nothing else", async () => {
        history(digest("a"));
        writeFileSync(path, textWith(digest("b")));
        writeFileSync(join(folder, "other"), "");
        git("add", "other");

        const commit = await commitFile(path, "Promote api\n\nbody\n");

        expect(git("rev-parse", "--short=12", "HEAD")).toBe(commit);
        expect(git("show", "--format=%s", "--name-only", "HEAD")).toBe(
            "Promote api\n\nPulumi.staging.yaml",
        );
        expect(git("status", "--porcelain")).toBe("A  other");
    });
});
