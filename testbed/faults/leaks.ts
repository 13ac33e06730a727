import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { runsInside } from "../sandbox/namespaces";
import { paths } from "../sandbox/settings";
import { type TestStack } from "../e2e/testStack";
import { filesBelow, filesSince } from "./leftBehind";

/** Milliseconds between two looks at the processes. */
const INTERVAL = 200;

/** The program, which Pulumi hands the configuration in its environment; what it starts must not have it. */
const program = "@pulumi/pulumi/cmd/run";

/** What has to know a secret: the proxy in front of the registry, and the sandbox's own Git host. */
const keepers = /proxy\/main\.ts|sandbox\/gitHttps/;

/** Looks for secrets everywhere that they must not be, from its making to its end. */
export class Leaks {
    private readonly needles: string[] = [];
    private readonly found = new Set<string>();
    /** Files that may hold a secret: where the user keeps it. */
    private readonly kept = new Set<string>();
    private readonly since = Date.now();
    private timer: NodeJS.Timeout | undefined;

    constructor(secrets: readonly string[]) {
        for (const secret of secrets) {
            this.add(secret);
        }
    }

    /** Looks for one more secret, also as docker and Git write it, in base64; `file` is where the user keeps it. */
    add(secret: string, file?: string): void {
        const encoded = ["", "robot:", "developer:"].map((user) =>
            Buffer.from(`${user}${secret}`).toString("base64"),
        );
        this.needles.push(secret, ...encoded);
        if (file !== undefined) {
            this.kept.add(file);
        }
        this.timer ??= setInterval(() => {
            this.searchProcesses();
        }, INTERVAL);
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
            await this.searchFiles();
            this.search("the state", await stack.state());
            // Decrypted, as nobody but the owner of the passphrase gets it; outputs must not be secrets.
            const outputs = ["pulumi", "stack", "output", "--json", "--show-secrets"];
            this.search("the outputs", (await stack.run([...outputs, "--stack", "test"])).text);
            this.search("events", await stack.oc("get", "events", "-o", "json").catch(() => ""));
            for (const kind of [
                ...["builds", "buildconfigs", "imagestreams", "jobs", "pods", "deployments"],
                ...["configmaps", "services", "serviceaccounts", "replicasets"],
            ]) {
                this.search(kind, await stack.oc("get", kind, "-o", "yaml").catch(() => ""));
            }
            for (const pod of (await stack.oc("get", "pods", "-o", "name")).split("\n")) {
                const log = ["logs", pod, "--all-containers"];
                this.search(
                    `the log of ${pod}`,
                    pod === "" ? "" : await stack.oc(...log).catch(() => ""),
                );
            }
        }
        if (this.found.size > 0) {
            throw new Error(`a secret shows in: ${[...this.found].join("; ")}`);
        }
    }

    /** Logs, crash dumps, temporary files, caches: whatever was written since. */
    private async searchFiles(): Promise<void> {
        const logs = filesBelow(join(paths.repository, ".multiarch"));
        for (const file of [...logs, ...(await filesSince(this.since))]) {
            if (!this.kept.has(file)) {
                this.search(file, read(file));
            }
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
                // One that is just ending has no command line.
                if (command === "" || keepers.test(command)) {
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

function read(file: string): string {
    try {
        return readFileSync(file, "latin1");
    } catch {
        return "";
    }
}
