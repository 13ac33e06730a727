import { type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { spawnInSandbox } from "../sandbox/exec";
import { network, paths, quay } from "../sandbox/settings";

const program = join(__dirname, "apiDoor.ts");

/** What one request needs the right to: `create jobs.batch`, `get builds.build.openshift.io/log`. */
export type Right = string;

/** Records what is asked of the API server by those whose kubeconfig names {@link url}. */
export class ApiRecorder {
    private constructor(
        private readonly child: ChildProcess,
        private readonly log: string,
        /** Address of the door. */
        readonly url: string,
    ) {}

    static async start(folder: string, upstream: string): Promise<ApiRecorder> {
        const port = randomInt(30_000, 32_000);
        const log = join(folder, "requests.txt");
        writeFileSync(log, "");
        const settings = {
            ...{ address: network.outside, port, upstream, log, ca: paths.ca },
            // One of the names that this certificate is for leads to that address.
            ...{ cert: join(paths.pki, "quay.crt"), key: join(paths.pki, "quay.key") },
        };
        const child = spawnInSandbox(
            [process.execPath, "--require", "tsx/cjs", program, JSON.stringify(settings)],
            { cwd: paths.repository, stdio: ["ignore", "inherit", "inherit", "ipc"] },
        );
        await once(child, "message");
        return new ApiRecorder(child, log, `https://${quay.host}:${port}`);
    }

    /** The rights that were used since the last time: nobody needs one for what is refused all the same. */
    used(namespace: string): Set<Right> {
        const lines = readFileSync(this.log, "utf8").split("\n").filter(Boolean);
        writeFileSync(this.log, "");
        return new Set(lines.flatMap((line) => rightOf(line, namespace) ?? []));
    }

    stop(): void {
        this.child.disconnect();
    }
}

/** The right in a namespace, or outside of any, that a recorded request used; undefined when it was refused, or is everybody's. */
export function rightOf(line: string, namespace: string): Right | undefined {
    const [method = "", status = "", target = ""] = line.split(" ");
    const { pathname, searchParams } = new URL(target, "https://api");
    const found =
        /^\/(?:api|apis\/([^/]+))\/v[^/]+\/(?:namespaces\/([^/]+)\/)?([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/.exec(
            pathname,
        );
    if (status === "401" || status === "403" || found === null) {
        return undefined;
    }
    const [, group, within, resource = "", name, sub] = found;
    if (/^selfsubject(access|rules)reviews$/.test(resource)) {
        return undefined;
    }
    const full = `${resource}${group === undefined ? "" : `.${group}`}${sub === undefined ? "" : `/${sub}`}`;
    // A project is named beside its namespace, and asked for by a right in it.
    const inside = within === namespace || (resource === "projects" && name === namespace);
    const where = inside ? "" : ` in ${within ?? "the cluster"}`;
    return `${verbOf(method, name, searchParams)} ${full}${where}`;
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
    if (method === "GET") {
        const watches = query.get("watch") === "true" || query.get("watch") === "1";
        return watches ? "watch" : name === undefined ? "list" : "get";
    }
    const verbs: Record<string, string> = { POST: "create", PUT: "update", PATCH: "patch" };
    return verbs[method] ?? (name === undefined ? "deletecollection" : "delete");
}
