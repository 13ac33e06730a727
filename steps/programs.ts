import type { Cluster } from "../cluster/cluster";
import { readBuildEnvironment, readPublishEnvironment } from "./environment";
import { HttpCluster } from "../cluster/httpCluster";
import { connectionFromKubeconfig } from "../cluster/kubeconfig";
import type { Reporter } from "./shared/progress";
import { readRolloutEnvironment } from "./rollout/rolloutEnvironment";
import { runBuild } from "./build/runBuild";
import { runPublish } from "./publish/runPublish";
import { runRollout } from "./rollout/runRollout";
import type { ClusterChoice, Environment } from "./shared/variables";

/** What a Command asks for: its variables, and the folder that it was started in. */
export interface Request {
    readonly environment: Environment;
    readonly directory: string;
}

/** A program behind a Command; resolves with what it prints as one line of JSON. */
export type Program = (
    request: Request,
    report: Reporter,
    signal: AbortSignal,
    clusters: Clusters,
) => Promise<unknown>;

/** Connections to clusters, one for each choice, however many programs use them. */
export class Clusters {
    private readonly known = new Map<string, Cluster>();

    /** Throws when the kubeconfig does not name a cluster. */
    of(choice: ClusterChoice): Cluster {
        const key = JSON.stringify([choice.kubeconfig, choice.context]);
        const cluster = this.known.get(key) ?? new HttpCluster(connectionFromKubeconfig(choice));
        this.known.set(key, cluster);
        return cluster;
    }
}

/** The programs that Commands run, by the name that build/command.sh is given. */
export const programs = {
    build: ({ environment, directory }, report, signal, clusters) => {
        const { request, choice } = readBuildEnvironment(environment, directory);
        return runBuild(request, clusters.of(choice), report, signal);
    },
    publish: ({ environment }, report, signal, clusters) => {
        const { request, choice } = readPublishEnvironment(environment);
        return runPublish(request, clusters.of(choice), report, signal);
    },
    rollout: ({ environment }, report, signal, clusters) => {
        const { request, choice } = readRolloutEnvironment(environment);
        return runRollout(request, clusters.of(choice), report, signal);
    },
} satisfies Record<string, Program>;

/** Name of a program. */
export type ProgramName = keyof typeof programs;

/** The program of that name; throws when there is none. */
export function programNamed(name: string, from: Readonly<Record<string, Program>>): Program {
    const program = Object.hasOwn(from, name) ? from[name] : undefined;
    if (program === undefined) {
        throw new Error(`There is no program "${name}".`);
    }
    return program;
}
