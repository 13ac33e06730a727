import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { installPlugins } from "../plugins";
import { paths } from "../sandbox/settings";
import { type Finished, run, succeeded } from "../e2e/run";
import { type Bed, pulumi } from "./bed";
import { lookAt, untilQuiet } from "./quiet";
import { type NoopRound } from "./results";

/** The folder of the bare program. */
const program = join(paths.repository, "testbed/bench/bare");

/** The bare program that a stack is compared with, in a backend of its own. */
export class BareStack {
    private constructor(
        private readonly backend: string,
        private readonly environment: NodeJS.ProcessEnv,
        readonly count: number,
    ) {}

    /** Creates as many plain resources as the bed's stack has; they go with the bed's namespace. */
    static async create(bed: Bed): Promise<BareStack> {
        const count = resourceCount(await bed.stack.state());
        const backend = join(bed.scratch, "bare");
        mkdirSync(backend, { recursive: true });
        installPlugins(join(backend, "home"));
        const bare = new BareStack(
            backend,
            { COUNT: `${count}`, NAMESPACE: bed.seedNamespace },
            count,
        );
        // Here, as it writes a file for the stack beside Pulumi.yaml.
        copyFileSync(join(program, "Pulumi.yaml"), join(backend, "Pulumi.yaml"));
        const init = ["pulumi", "stack", "init", "bare", "--non-interactive"];
        succeeded(await run(init, { backend, cwd: backend }));
        succeeded(await bare.up());
        return bare;
    }

    async up(): Promise<Finished> {
        return this.pulumi(["up", "--yes", "--skip-preview", "--stack", "bare"]);
    }

    async preview(): Promise<Finished> {
        return this.pulumi(["preview", "--stack", "bare"]);
    }

    private async pulumi(args: readonly string[]): Promise<Finished> {
        const file = ["--config-file", join(this.backend, "Pulumi.bare.yaml")];
        return run(["pulumi", ...args, ...file, "--non-interactive", "--color", "never"], {
            backend: this.backend,
            cwd: program,
            env: this.environment,
        });
    }
}

/** Resources of a state that are neither components nor providers: what the bare program has as many of. */
export function resourceCount(state: string): number {
    const { deployment } = z
        .object({
            deployment: z.object({
                resources: z.array(z.object({ type: z.string(), custom: z.boolean() })),
            }),
        })
        .parse(JSON.parse(state));
    return deployment.resources.filter(({ type, custom }) => custom && !type.startsWith("pulumi:"))
        .length;
}

/** One round: the bed's stack and the bare one by turns, with nothing to do for either. */
export async function noopRound(
    bed: Bed,
    bare: BareStack,
    round: number,
    say: (text: string) => void,
): Promise<NoopRound> {
    const sides = {
        up: {
            program: () => pulumi(bed.stack, ["up", "--yes", "--skip-preview"]),
            bare: () => bare.up(),
        },
        preview: {
            program: () => pulumi(bed.stack, ["preview"]),
            bare: () => bare.preview(),
        },
    } as const;
    const pair = async (verb: keyof typeof sides) => {
        const seconds = { program: 0, bare: 0 };
        const both = ["program", "bare"] as const;
        for (const side of round % 2 === 0 ? both : [...both].reverse()) {
            const finished = await sides[verb][side]();
            checkUnchanged(succeeded(finished), `${verb} of ${side}`);
            seconds[side] = finished.seconds;
            say(`${verb} of ${side} ${finished.seconds.toFixed(1)} s`);
        }
        return seconds;
    };
    await untilQuiet(lookAt(bed.namespaces), say);
    const up = await pair("up");
    const preview = await pair("preview");
    return { services: bed.services.length, resources: bare.count, up, preview };
}

/** A measurement of an update that changed something would be of something else. */
function checkUnchanged(text: string, what: string): void {
    const lines = text.split("Resources:").at(-1) ?? "";
    if (/^\s+[+~-]/m.test(lines) || !/\d+ unchanged/.test(lines)) {
        throw new Error(`${what} had something to do:\n${text}`);
    }
}
