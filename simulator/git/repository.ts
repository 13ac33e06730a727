import { execFileSync } from "node:child_process";
import { createReadStream, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";

/** Git without what this machine's user, or a hook that runs, has set for it; by nobody in particular. */
function git(folder: string, args: readonly string[]): Buffer {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
    const who = {
        NAME: "Rehearsal",
        EMAIL: "rehearsal@example.invalid",
        DATE: "2026-01-01T00:00:00Z",
    };
    const person = Object.entries(who).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
    ]);
    return execFileSync("git", ["-C", folder, ...args], {
        env: {
            ...Object.fromEntries(own),
            ...(Object.fromEntries(person) as Record<string, string>),
            GIT_CONFIG_GLOBAL: "/dev/null",
            GIT_CONFIG_NOSYSTEM: "1",
        },
        maxBuffer: 1024 * 1024 * 1024,
        stdio: ["ignore", "pipe", "pipe"],
    });
}

/** Contents of files by their paths. */
export type RepositoryFiles = Readonly<Record<string, string | Buffer>>;

/** Makes a repository of one commit with these files, by the same digest everywhere; returns the commit. */
export function makeRepository(folder: string, files: RepositoryFiles): string {
    mkdirSync(folder, { recursive: true });
    git(folder, ["init", "--quiet", "--initial-branch=main"]);
    return commit(folder, files, "The example's service");
}

/** Adds a commit with these files; returns it. */
export function commit(folder: string, files: RepositoryFiles, message: string): string {
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text, { mode: 0o644 });
    }
    git(folder, ["add", "--all"]);
    git(folder, ["commit", "--quiet", "--message", message]);
    // For clients that know no more of HTTP than files.
    git(folder, ["update-server-info"]);
    return git(folder, ["rev-parse", "HEAD"]).toString().trim();
}

/** The files of one commit, by their paths. */
export function filesOf(
    folder: string,
    commitId: string,
): Map<string, { content: Buffer; mode: number }> {
    const listing = git(folder, ["ls-tree", "-r", "-z", commitId])
        .toString()
        .split("\0")
        .filter(Boolean);
    return new Map(
        listing.flatMap((line) => {
            const [about = "", path = ""] = line.split("\t");
            const [mode = "", type, object = ""] = about.split(" ");
            return type === "blob"
                ? [
                      [
                          path,
                          {
                              content: git(folder, ["cat-file", "blob", object]),
                              mode: Number.parseInt(mode.slice(-3), 8),
                          },
                      ] as const,
                  ]
                : [];
        }),
    );
}

/** Serves the repositories in a folder on loopback, as a plain web server does; `URL/NAME/.git` is one's address. */
export async function serveRepositories(
    root: string,
): Promise<{ url: string; close(): Promise<void> }> {
    const server = createServer((request, response) => {
        const path = normalize(
            decodeURIComponent(new URL(request.url ?? "/", "http://git.invalid").pathname),
        );
        const file = join(root, path);
        if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
            response.writeHead(404).end();
            return;
        }
        response.writeHead(200, { "content-type": "application/octet-stream" });
        createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections();
                server.close(() => {
                    resolve();
                });
            }),
    };
}
