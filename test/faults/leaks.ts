import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { runsInside } from "../../sandbox/namespaces";
import { paths } from "../../sandbox/settings";
import { type TestStack } from "../e2e/testStack";

/** Milliseconds between two looks at the processes. */
const INTERVAL = 200;

/** The program, which Pulumi hands the configuration in its environment; what it starts must not have it. */
const program = "@pulumi/pulumi/cmd/run";

/** Looks for secrets everywhere that they must not be, from its making to its end. */
export class Leaks {
    private readonly needles: readonly string[];
    private readonly found = new Set<string>();
    private readonly timer: NodeJS.Timeout;

    /** Secrets are also looked for as docker writes them, in base64. */
    constructor(secrets: readonly string[]) {
        this.needles = secrets.flatMap((secret) => [
            secret,
            Buffer.from(secret).toString("base64"),
            Buffer.from(`robot:${secret}`).toString("base64"),
        ]);
        this.timer = setInterval(() => {
            this.searchProcesses();
        }, INTERVAL);
        if (secrets.length === 0) {
            this.end();
        }
    }

    end(): void {
        clearInterval(this.timer);
    }

    /** Remembers where a text shows a secret. */
    search(where: string, text: string): void {
        if (this.needles.some((needle) => text.includes(needle))) {
            this.found.add(where);
        }
    }

    /** Searches what a stack leaves behind; throws with everything that was found until now. */
    async searchStack(stack: TestStack): Promise<void> {
        if (this.needles.length > 0) {
            const folder = join(paths.repository, ".multiarch/logs", stack.namespace);
            for (const file of filesBelow(folder)) {
                this.search(file, readFileSync(file, "utf8"));
            }
            this.search("the state", await stack.state());
            this.search("events", await stack.oc("get", "events", "-o", "json").catch(() => ""));
            for (const kind of ["builds", "jobs", "pods", "deployments"]) {
                this.search(kind, await stack.oc("get", kind, "-o", "yaml").catch(() => ""));
            }
        }
        if (this.found.size > 0) {
            throw new Error(`a secret shows in: ${[...this.found].join("; ")}`);
        }
    }

    /** Command lines and environments of everything that runs in the sandbox, pods included. */
    private searchProcesses(): void {
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
            if (!runsInside(Number(pid))) {
                continue;
            }
            try {
                const [command = "", environment = ""] = ["cmdline", "environ"].map((name) =>
                    readFileSync(`/proc/${pid}/${name}`, "latin1"),
                );
                const line = command.replaceAll("\0", " ").slice(0, 200);
                // One that is just ending has no command line. The proxy in front of the registry has to know it.
                if (command === "" || command.includes("proxy/main.ts")) {
                    continue;
                }
                this.search(`the command line ${line}`, command);
                // Pulumi hands the configuration to the program (and to it alone) in its environment.
                if (!command.includes(program)) {
                    this.search(`the environment of ${line}`, environment);
                }
            } catch {
                // It ended just now.
            }
        }
    }
}

function filesBelow(folder: string): string[] {
    try {
        return readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name));
    } catch {
        return [];
    }
}
