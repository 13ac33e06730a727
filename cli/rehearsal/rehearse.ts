import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { prepare } from "../../checks/prepare";
import { program } from "../../index";
import { serveApi } from "../../simulator/serve/serveApi";
import { makeRepository, serveRepositories } from "../../simulator/git/repository";
import { Registry } from "../../simulator/registry/registry";
import { serveRegistry } from "../../simulator/registry/serveRegistry";
import { simulateCluster, type SimulatedCluster } from "../../simulator/simulateCluster";
import {
    emptyState,
    type Listener,
    type Provider,
    runUpdate,
    type UpdateResult,
} from "../engine/update";
import { exampleConfig, exampleFiles } from "./example";
import { type Fault, NODES } from "./faults";
import { kubernetesProvider } from "./kubernetesProvider";
import { commandProvider, dockerProvider, providerResources } from "./providers";

/** A password of the simulated registry, which no other one has. */
const PASSWORD = "only-in-the-rehearsal";

/** What a rehearsal came to. */
export interface Rehearsal {
    readonly commit: string;
    /** The updates, one after the other. */
    readonly updates: readonly UpdateResult[];
    readonly cluster: SimulatedCluster;
    /** Tags of the published repository, with what each names. */
    readonly tags: ReadonlyMap<string, string>;
    /** The published image whose configuration this is: what a node says that a container runs. */
    readonly imageOf: (configuration: string) => string | undefined;
    /** Ends all that listens. */
    close(): Promise<void>;
}

/** What is told while it goes on. */
export interface RehearsalListener extends Listener {
    /** An update begins. */
    readonly begin: (number: number) => void;
    /** A Command says something. */
    readonly progress: (command: string, line: string) => void;
}

/**
 * Runs the whole update of the example so many times on a cluster that is simulated in this process, in a folder of its own:
 * the program's own checks, declarations and Commands, and its publisher's script. Stops at the first update that fails.
 */
export async function rehearse(
    folder: string,
    { times, fault = { what: "nothing" } }: { readonly times: number; readonly fault?: Fault },
    listener: RehearsalListener,
    signal: AbortSignal,
): Promise<Rehearsal> {
    const repositories = join(folder, "git");
    const commit = makeRepository(join(repositories, "context-api"), fault.files ?? exampleFiles);
    const accounts = { robot: { password: PASSWORD } };
    const published = new Registry({ accounts, now: () => Date.now() });
    const internal = new Registry({ now: () => Date.now() });
    if (fault.registry !== undefined) {
        published.intercept(fault.registry);
    }
    const [git, quay, own] = await Promise.all([
        serveRepositories(repositories),
        serveRegistry(published),
        serveRegistry(internal),
    ]);
    const cluster = simulateCluster({
        nodes: fault.nodes ?? NODES,
        internal,
        published: { registry: published, host: quay.host },
        scratch: folder,
        repositoryOf: (url) => join(repositories, url.split("/").slice(3, -1).join("/")),
        report: (error) => {
            listener.message(`the simulated cluster: ${String(error)}`);
        },
    });
    const api = await serveApi(cluster.api);
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, api.kubeconfig("admin"), { mode: 0o600 });
    const work = join(folder, "work");
    mkdirSync(work);
    // What the program keeps beside the project, logs of builds among it, is kept here.
    process.chdir(work);
    const config = exampleConfig({
        gitUrl: `${git.url}/context-api/.git`,
        published: quay.host,
        internal: own.host,
        kubeconfig,
    });
    const settings = {
        project: "multiarch",
        stack: "rehearsal",
        organization: "organization",
        preview: false,
        parallel: 64,
        config: { ...config, "multiarch:registryPassword": fault.password ?? PASSWORD },
        secretKeys: ["multiarch:registryPassword"],
    };
    const providers: Readonly<Record<string, Provider>> = {
        pulumi: providerResources,
        kubernetes: kubernetesProvider(cluster.api),
        command: commandProvider(work, listener.progress, signal),
        docker: dockerProvider(published),
    };
    const providerOf = (type: string): Provider => {
        const provider = providers[type.split(":")[0] ?? ""];
        if (provider === undefined) {
            throw new Error(`nothing stands in for the provider of ${type}`);
        }
        return provider;
    };
    const updates: UpdateResult[] = [];
    for (let number = 1; number <= times && updates.at(-1)?.error === undefined; number += 1) {
        listener.begin(number);
        const state = updates.at(-1)?.state ?? emptyState;
        updates.push(
            await runUpdate(() => program(prepare), settings, state, providerOf, listener),
        );
    }
    return {
        commit,
        updates,
        cluster,
        tags: published.repository("example/context-api").tags,
        imageOf: (configuration) =>
            [...published.repository("example/context-api").manifests].find(([, { bytes }]) => {
                const { config } = JSON.parse(bytes.toString("utf8")) as {
                    config?: { digest: string };
                };
                return config?.digest === configuration;
            })?.[0],
        close: async () => {
            cluster.close();
            await Promise.all([git.close(), quay.close(), own.close(), api.close()]);
        },
    };
}
