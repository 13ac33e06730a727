import { dirname } from "node:path";

import { until } from "../sandbox/progress";
import { type TestStack } from "../e2e/testStack";
import { type BedOptions, makeStack, name } from "./bedStack";
import { type FaultyRegistry } from "./faultyRegistry";
import { Leaks } from "./leaks";
import { checkedTags } from "./published";
import { PulumiRun } from "./pulumiRun";
import { seen, served } from "./service";

/** A stack to inflict faults on, and the invariants that none of them may break. */
export class FaultBed {
    private version = "0.1.0";
    private serving: string | undefined;

    private constructor(
        readonly stack: TestStack,
        private readonly door: FaultyRegistry | undefined,
        readonly leaks: Leaks,
    ) {}

    static async create(id: string, options: BedOptions = {}): Promise<FaultBed> {
        const { stack, registry } = await makeStack(id, options);
        return new FaultBed(
            stack,
            registry,
            new Leaks(registry ? [registry.account.password] : []),
        );
    }

    /** Repository of the image in the stand-in for quay.io, by its ordinary door. */
    get repository(): string {
        return `${this.stack.namespace}/${name}`;
    }

    /** The registry that a test can slam. */
    get registry(): FaultyRegistry {
        if (this.door === undefined) {
            throw new Error("the bed was made without a registry of its own");
        }
        return this.door;
    }

    /** Folder that is Pulumi's backend. */
    get backend(): string {
        return dirname(this.stack.configFile);
    }

    /** Brings the service up. */
    async serve(): Promise<void> {
        await this.recover();
    }

    /** Commits a new version of the service, and other files. */
    async change(files: Record<string, string> = {}): Promise<string> {
        const [major = "", minor = "", patch = "0"] = this.version.split(".");
        this.version = `${major}.${minor}.${Number(patch) + 1}`;
        return this.stack.commit({ VERSION: `${this.version}\n`, ...files });
    }

    /** Starts `pulumi up` and does not wait for it. */
    up(...args: string[]): PulumiRun {
        return this.pulumi("up", "--yes", "--skip-preview", ...args);
    }

    /** Starts `pulumi` on the stack and does not wait for it. */
    pulumi(verb: string, ...args: string[]): PulumiRun {
        const options = [verb, "--non-interactive", "--color", "never"];
        return new PulumiRun(["pulumi", ...options, ...this.place, ...args], this.backend);
    }

    /** Starts what `npm run VERB` starts, and does not wait for it. */
    wrapper(verb: string, ...args: string[]): PulumiRun {
        const program = [process.execPath, "--require", "tsx/cjs", "cli/stack.ts", verb, "--yes"];
        return new PulumiRun([...program, ...this.place, ...args], this.backend);
    }

    /** The next update: must finish without anybody's cleaning up, and serve the newest version. Returns its seconds. */
    async recover(run = this.up()): Promise<number> {
        const text = await run.succeeds();
        this.leaks.search("an update's text", text);
        this.serving = this.version;
        await this.undisturbed();
        const { [name]: image } = await this.stack.outputs();
        const tags = await checkedTags(this.repository, ["amd64", "arm64"]);
        for (const tag of image?.tags ?? []) {
            if (tags[tag] !== image?.digest) {
                throw new Error(
                    `${tag} names ${tags[tag] ?? "nothing"}, not ${image?.digest ?? ""}`,
                );
            }
        }
        return run.seconds;
    }

    /** No tag names a wrong image or half of one, what served serves, and no secret shows. */
    async undisturbed(): Promise<void> {
        await checkedTags(this.repository, ["amd64", "arm64"]);
        await this.leaks.searchStack(this.stack);
        if (this.serving === undefined) {
            return;
        }
        const { serving } = this;
        const expected = JSON.stringify({
            "node-amd64": `ok ${name} linux/amd64 on x86_64 version ${serving}`,
            "node-arm64": `ok ${name} linux/arm64 on aarch64 version ${serving}`,
        });
        let found = "";
        await until({
            what: `version ${serving} on both nodes`,
            seconds: 15,
            holds: async () => {
                const answers = await served(this.stack, name);
                found = JSON.stringify(answers, Object.keys(answers).sort());
                return found === expected;
            },
            why: () => found,
        });
    }

    /** Every tag of the image's repository, and what it names; each is right and whole. */
    async published(): Promise<Record<string, string>> {
        return checkedTags(this.repository, ["amd64", "arm64"]);
    }

    /** Builds that were not there before; OpenShift removes old ones. */
    async begunSince(before: readonly string[]): Promise<string[]> {
        return (await this.stack.builds()).filter((it) => !before.includes(it));
    }

    /** Names of one architecture's builds. */
    async builds(architecture: string): Promise<string[]> {
        const all = (await this.stack.builds()).map((it) => it.split("/").at(-1) ?? "");
        return all.filter((it) => it.startsWith(`${name}-${architecture}-`));
    }

    /** Waits until oc prints what is expected. */
    async sees(what: RegExp, args: readonly string[]): Promise<string> {
        return seen(this.stack, what, args);
    }

    async remove(): Promise<void> {
        this.leaks.end();
        await this.stack.remove();
        this.door?.stop();
    }

    private get place(): string[] {
        return ["--stack", "test", "--config-file", this.stack.configFile];
    }
}
