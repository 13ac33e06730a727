import { timingSafeEqual } from "node:crypto";
import { spawn } from "node:child_process";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** Who may read and write. */
export interface GitAccount {
    readonly user: string;
    readonly password: string;
}

/** The longest head of an answer of git http-backend; its own are a few hundred bytes. */
const headLimit = 64 * 1024;

/** Answers for every bare repository in a folder by git's own program for HTTP, to those who have the account only. */
export function gitOverHttp(root: string, account: GitAccount): RequestListener {
    return (request, response) => {
        if (!isAllowed(request.headers.authorization, account)) {
            request.resume();
            response.writeHead(401, { "WWW-Authenticate": 'Basic realm="git"' });
            response.end("an account is needed\n");
            return;
        }
        const url = target(request);
        if (url === undefined) {
            response.writeHead(400).end();
            return;
        }
        answer({ root, user: account.user, ...url }, request, response);
    };
}

/** Says whether a header `Authorization` is that of the account. */
function isAllowed(header: string | undefined, { user, password }: GitAccount): boolean {
    const given = Buffer.from(header ?? "");
    const wanted = Buffer.from(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function answer(
    { root, user, path, query }: { root: string; user: string; path: string; query: string },
    request: IncomingMessage,
    response: ServerResponse,
): void {
    const child = spawn("git", ["http-backend"], {
        env: {
            ...process.env,
            GIT_PROJECT_ROOT: root,
            GIT_HTTP_EXPORT_ALL: "1",
            PATH_INFO: path,
            QUERY_STRING: query,
            REQUEST_METHOD: request.method,
            REMOTE_USER: user,
            CONTENT_TYPE: request.headers["content-type"],
            CONTENT_LENGTH: request.headers["content-length"],
            HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
            GIT_PROTOCOL: request.headers["git-protocol"]?.toString(),
        },
        stdio: ["pipe", "pipe", "inherit"],
    });
    // It may end before it has read all, or the other side may.
    child.stdin.on("error", () => undefined);
    request.pipe(child.stdin);
    response.on("close", () => child.kill());
    child.on("error", () => response.destroy());

    let head = Buffer.alloc(0);
    const collect = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf("\r\n\r\n");
        if (end >= 0) {
            child.stdout.off("data", collect);
            const { status, headers } = parseHead(head.subarray(0, end).toString("latin1"));
            response.writeHead(status, headers);
            response.write(head.subarray(end + 4));
            child.stdout.pipe(response);
        } else if (head.length > headLimit) {
            response.destroy();
        }
    };
    child.stdout.on("data", collect);
    child.stdout.on("end", () => {
        if (!response.headersSent) {
            response.writeHead(502).end();
        }
    });
}

/** What is asked for; undefined if it is no URL. */
function target({ url = "/" }: IncomingMessage): { path: string; query: string } | undefined {
    try {
        const { pathname, search } = new URL(url, "http://git.invalid");
        return { path: decodeURIComponent(pathname), query: search.slice(1) };
    } catch {
        return undefined;
    }
}

/** The head of a CGI program's answer (RFC 3875, 6.2): headers, one of which may be the status. */
function parseHead(text: string): { status: number; headers: Record<string, string> } {
    const headers: Record<string, string> = {};
    let status = 200;
    for (const line of text.split("\r\n")) {
        const colon = line.indexOf(":");
        const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
        if (name.toLowerCase() === "status") {
            status = Number.parseInt(value, 10);
        } else {
            headers[name] = value;
        }
    }
    return { status, headers };
}
