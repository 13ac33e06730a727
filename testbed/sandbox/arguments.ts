import { UsageError } from "../../config/usageError";

/** What the command line asks for. */
export type Request =
    | { readonly verb: "up" | "down" | "wipe" | "status" | "check" | "toolchain" | "help" }
    | { readonly verb: "exec"; readonly command: readonly [string, ...string[]] }
    | { readonly verb: "logs"; readonly name: string | undefined }
    | { readonly verb: "repo"; readonly name: string };

/** What each verb does, in the order in which they are listed. */
export const verbs = {
    up: "bring up what is not up",
    down: "stop everything; state stays on the disk",
    wipe: "stop everything and remove its state; toolchain and packages stay",
    status: "list the components; exit code 1 unless all are up",
    exec: "-- COMMAND...: run a command in the sandbox",
    logs: "[NAME]: list the logs, or show the end of one",
    check: "prove that it works: builds, pushes and pods of both architectures",
    toolchain: "print the folder that SANDBOX_TOOLCHAIN names",
    repo: "NAME: make a Git repository from the fixture, print its first commit",
    help: "print this",
} as const satisfies Record<Request["verb"], string>;

/** Reads the words after the program's name. */
export function parseArguments(words: readonly string[]): Request {
    const [verb = "", ...rest] = words;
    switch (verb) {
        case "up":
        case "down":
        case "wipe":
        case "status":
        case "check":
        case "toolchain":
        case "help":
            return atMost(0, rest, { verb });
        case "logs":
            return atMost(1, rest, { verb, name: rest[0] });
        case "repo": {
            const [name] = rest;
            if (name === undefined) {
                throw new UsageError("repo: which? Use: repo NAME");
            }
            return atMost(1, rest, { verb, name });
        }
        case "exec": {
            const [program, ...args] = rest[0] === "--" ? rest.slice(1) : rest;
            if (program === undefined) {
                throw new UsageError("exec: what? Use: exec -- COMMAND...");
            }
            return { verb, command: [program, ...args] };
        }
        default:
            throw new UsageError(
                `${verb ? `unknown verb ${JSON.stringify(verb)}` : "no verb"}: use one of ` +
                    `${Object.keys(verbs).join(", ")}.`,
            );
    }
}

/** The text of `help`. */
export function usage(): string {
    const lines = Object.entries(verbs).map(([verb, what]) => `  ${verb.padEnd(10)} ${what}`);
    return ["usage: npm run sandbox -- VERB", ...lines, ""].join("\n");
}

function atMost(count: number, rest: readonly string[], request: Request): Request {
    const [extra] = rest.slice(count);
    if (extra !== undefined) {
        throw new UsageError(`${request.verb}: unexpected ${JSON.stringify(extra)}.`);
    }
    return request;
}
