import { type ChildProcess } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { spawnInSandbox } from "../sandbox/exec";
import { until } from "../sandbox/progress";
import { architectures, network, paths, quay } from "../sandbox/settings";
import { type Account, type Fault, type Report, type Rules } from "./proxy/faults";

const program = join(__dirname, "proxy/main.ts");

/** A door of the stand-in for quay.io that a test can slam: its own port, account, faults. */
export class FaultyRegistry {
    /** Its account has a password that is found nowhere else: whoever sees it, sees a leak. */
    readonly account: Account = {
        user: "robot",
        password: randomBytes(12).toString("hex"),
        rights: "write",
    };
    /** Requests that met a fault. */
    readonly struck: string[] = [];
    private readonly child: ChildProcess;
    private obeyed = 0;
    private told = 1;

    private constructor(private readonly port: number) {
        const key = (name: string) => ({
            cert: join(paths.pki, `${name}.crt`),
            key: join(paths.pki, `${name}.key`),
        });
        const settings = {
            address: network.outside,
            port,
            upstream: { host: quay.host, user: quay.user, password: quay.password },
            ca: paths.ca,
            good: key("quay"),
            wrong: key("registry"),
            rules: { accounts: [this.account] },
        };
        this.child = spawnInSandbox(
            [process.execPath, "--require", "tsx/cjs", program, JSON.stringify(settings)],
            { cwd: paths.repository, stdio: ["ignore", "inherit", "inherit", "ipc"] },
        );
        this.child.on("message", (message: Report) => {
            if ("ready" in message) {
                this.obeyed++;
            } else {
                this.struck.push(`${message.struck.method} ${message.struck.path}`);
            }
        });
    }

    /** Host and port, as references name it. */
    get host(): string {
        return `${quay.host}:${this.port}`;
    }

    static async start(): Promise<FaultyRegistry> {
        const registry = new FaultyRegistry(randomInt(20_000, 30_000));
        for (const it of architectures) {
            const file = join(registry.certificates(it), "hosts.toml");
            const url = JSON.stringify(`https://${registry.host}`);
            mkdirSync(registry.certificates(it), { recursive: true });
            writeFileSync(
                file,
                `server = ${url}\n[host.${url}]\n  ca = ${JSON.stringify(paths.ca)}\n`,
            );
        }
        await registry.ready();
        return registry;
    }

    /** Strikes with these faults from now on, and with no others. */
    async fail(...faults: Fault[]): Promise<void> {
        await this.tell({ faults });
    }

    /** Behaves from now on. */
    async heal(): Promise<void> {
        await this.tell({});
    }

    async tell(rules: Partial<Rules>): Promise<void> {
        this.struck.length = 0;
        this.told++;
        this.child.send({ accounts: [this.account], ...rules });
        await this.ready();
    }

    stop(): void {
        this.child.disconnect();
        for (const it of architectures) {
            rmSync(this.certificates(it), { recursive: true });
        }
    }

    private async ready(): Promise<void> {
        await until({
            what: `the faulty registry on port ${this.port}`,
            seconds: 20,
            holds: () => {
                if (this.child.exitCode !== null) {
                    throw new Error(`the faulty registry ended with ${this.child.exitCode}`);
                }
                return this.obeyed >= this.told;
            },
        });
    }

    private certificates(architecture: (typeof architectures)[number]): string {
        return join(paths.state, architecture, "certs", this.host);
    }
}
