import { spawnInSandbox } from "../sandbox/exec";

/** Seconds after which a probe ends by itself. */
const LIMIT_SECONDS = 1800;

/** Asks a URL ten times a second, each time on a connection of its own, until {@link stop}. */
export class Probe {
    private text = "";

    private constructor(private readonly child: ReturnType<typeof spawnInSandbox>) {
        child.stdout?.on("data", (chunk: Buffer) => (this.text += chunk.toString()));
    }

    static start(url: string): Probe {
        const ask = `curl -s -o /dev/null --max-time 2 -w '%{http_code} %{time_total} s %{errormsg}' "$1"; date '+, %T.%3N'`;
        const loop = `end=$(($(date +%s) + ${LIMIT_SECONDS})); while [ "$(date +%s)" -lt "$end" ]; do ${ask}; sleep 0.1; done`;
        const argv = ["sh", "-c", loop, "probe", url];
        return new Probe(spawnInSandbox(argv, { stdio: ["ignore", "pipe", "ignore"] }));
    }

    /** Ends it; says how many requests were answered, and how and when the others failed. */
    async stop(): Promise<{ answered: number; failed: string[] }> {
        if (this.child.exitCode !== null) {
            throw new Error(`the probe ended by itself, after ${LIMIT_SECONDS} s`);
        }
        this.child.kill();
        await new Promise((resolve) => this.child.on("close", resolve));
        const lines = this.text.split("\n").slice(0, -1);
        const failed = lines.filter((line) => !line.startsWith("200 "));
        return { answered: lines.length - failed.length, failed };
    }
}
