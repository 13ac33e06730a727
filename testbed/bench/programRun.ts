import { randomBytes } from "node:crypto";

import { run, succeeded } from "../e2e/run";
import { type Bed, pulumi } from "./bed";
import { MemorySampler, marker } from "./memory";
import { type ObservedBuild } from "./observed";
import { buildParts, until } from "./parts";
import { publishing } from "./publishing";
import { type BuildTime, type Part, type ProgramRun } from "./results";

/** What is measured, as one types it. */
export const programCommand = "pulumi up --yes --skip-preview --non-interactive";

/** Lets the program do what a new commit asks for, and observes it. `changed` are the services that are built. */
export async function runProgram(bed: Bed, changed: readonly string[]): Promise<ProgramRun> {
    const { stack } = bed;
    const id = randomBytes(8).toString("hex");
    const memory = new MemorySampler(id);
    const started = Date.now();
    let finished;
    try {
        finished = await pulumi(stack, ["up", "--yes", "--skip-preview"], { [marker]: id });
    } finally {
        memory.stop();
    }
    succeeded(finished);
    const since = (moment: number) => (moment - started) / 1000;
    const observed = await until("the builds' and rollouts' ends", () => {
        const builds = bed.observers.program.buildsSince(started);
        const rollouts = bed.observers.program.rolloutsSince(started);
        return builds.length >= changed.length * 2 && rollouts.length >= changed.length
            ? { builds, rollouts }
            : undefined;
    });
    if (observed.builds.length !== changed.length * 2) {
        const names = observed.builds.map(({ build }) => build).join(", ");
        throw new Error(`${changed.length} services changed, but these builds ran: ${names}`);
    }
    const builds = observed.builds.map((it) => buildTime(it, since));
    const rollouts = observed.rollouts.map(({ deployment, from, to }) => ({
        service: deployment,
        from: since(from),
        to: since(to),
    }));
    const slowest = slowestOf(builds);
    const rollout = rollouts.find(({ service }) => service === slowest.service);
    if (rollout === undefined) {
        throw new Error(`no rollout of ${slowest.service} was seen`);
    }
    const published = await Promise.all(
        changed.map((service) => publishing(stack.namespace, service, started)),
    );
    const copy = published.find(({ service }) => service === slowest.service)?.lastCopy;
    const first = Math.min(...builds.map(({ created }) => created));
    const end = Math.max(...rollouts.map(({ to }) => to));
    // One service needs no name on its rows.
    const own = (row: string) =>
        changed.length === 1 ? row.replace(`${slowest.service} `, "") : row;
    const parts: Part[] = [
        { row: "pulumi", stage: "start", from: 0, to: first },
        ...observed.builds.flatMap((it) =>
            buildParts(it, rowOf(buildTime(it, since), changed), since),
        ),
        ...published.flatMap((it) => it.parts.map((part) => ({ ...part, row: own(part.row) }))),
        ...rollouts.map(({ service, from, to }) => ({
            row: changed.length === 1 ? "rollout" : `${service} rollout`,
            stage: "rollout",
            from,
            to,
        })),
        { row: "pulumi", stage: "end", from: end, to: finished.seconds },
    ];
    return {
        seconds: finished.seconds,
        builds,
        parts,
        marks: {
            firstBuild: first,
            lastBuild: Math.max(...builds.map(({ completed }) => completed)),
            published: Math.max(...published.map(({ at }) => at)),
            rolledOut: end,
        },
        // OpenShift calls a build complete some time after its image is there.
        publishSeconds: rollout.from - Math.min(slowest.completed, copy ?? slowest.completed),
        rolloutSeconds: rollout.to - rollout.from,
        transfers: Object.assign({}, ...published.map(({ transfers }) => transfers)) as Record<
            string,
            number
        >,
        peakMegabytes: memory.stop(),
        stateBytes: await stateBytes(bed),
    };
}

/** The build that ended last. */
export function slowestOf(builds: readonly BuildTime[]): BuildTime {
    const [last] = [...builds].sort((one, other) => other.completed - one.completed);
    if (last === undefined) {
        throw new Error("no build was observed");
    }
    return last;
}

function buildTime(observed: ObservedBuild, since: (moment: number) => number): BuildTime {
    const { build, digest, created, started, completed } = observed;
    const [, service = build, architecture = ""] = /^(.*)-(amd64|arm64)-\d+$/.exec(build) ?? [];
    const times = { created: since(created), started: since(started), completed: since(completed) };
    return { service, architecture, build, digest, ...times };
}

function rowOf({ service, architecture }: BuildTime, changed: readonly string[]): string {
    return changed.length === 1 ? architecture : `${service} ${architecture}`;
}

async function stateBytes(bed: Bed): Promise<number> {
    const argv = ["pulumi", "stack", "export", "--stack", "test"];
    const options = { cwd: bed.stack.folder, backend: bed.stack.folder };
    return JSON.stringify(JSON.parse(succeeded(await run(argv, options)))).length;
}
