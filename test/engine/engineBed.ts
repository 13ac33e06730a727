import {
    copyFileSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { exampleFiles } from "../../cli/rehearsal/example";
import { NODES } from "../../cli/rehearsal/faults";
import type { Properties } from "../../cli/engine/monitor";
import type { Api } from "../../simulator/api/api";
import { commit, makeRepository, serveRepositories } from "../../simulator/git/repository";
import { Registry } from "../../simulator/registry/registry";
import { serveRegistry } from "../../simulator/registry/serveRegistry";
import { serveApi } from "../../simulator/serve/serveApi";
import { simulateCluster } from "../../simulator/simulateCluster";
import { type Ended, Pulumi, root, type Started } from "./pulumi";
import { serveStandIn } from "./standIn";
import { type AskCluster, commandStandIn, dockerStandIn, kubernetesStandIn } from "./standIns";

/** The password of the registry, which must be nowhere. */
export const PASSWORD = "of-this-test-alone";

/** What the program exports about an image. */
export interface ImageOutputs {
    readonly digest: string;
    readonly commit: string;
    readonly reference: string;
    readonly earlier?: readonly { readonly digest: string }[];
}

/** An update, as the backend remembers it. */
export interface Remembered {
    readonly kind: string;
    readonly result: string;
    readonly resourceChanges?: Readonly<Record<string, number>>;
}

/** A step of the engine, as it was taken. */
export interface TakenStep {
    readonly op: string;
    readonly urn: string;
}

/** An image's settings. */
export type ImageSettings = Readonly<Record<string, unknown>> & { readonly name: string };

/** A stack of the program under Pulumi's own engine; its cluster, registries and Git are simulated in this process. */
export interface EngineBed {
    readonly api: Api;
    readonly pulumi: Pulumi;
    readonly folder: string;
    readonly published: Registry;
    /** Host of the registry that images are pushed to. */
    readonly host: string;
    /** Everything that was asked of the stand-in for the provider of Kubernetes: `POST Job api`. */
    readonly asked: string[];
    ask: AskCluster;
    commit(files: Readonly<Record<string, string>>): string;
    /** Makes a stack with these keys of the configuration in the place of the bed's own. */
    init(stack: string, changes?: Properties): Promise<BedStack>;
    image(name: string, changes?: Properties): ImageSettings;
    close(): Promise<void>;
}

/** One stack in a bed. */
export interface BedStack {
    configure(changes: Properties): void;
    up(...options: string[]): Promise<Ended & { readonly steps: readonly TakenStep[] }>;
    startUp(): Started;
    /** `npm run up`. */
    ownUp(): Started;
    destroy(): Promise<Ended>;
    outputs(): Promise<{ images: Record<string, ImageOutputs>; releases?: Properties }>;
    history(): Promise<Remembered[]>;
    /** The state as the backend has it on disk. */
    state(): string;
    locks(): string[];
}

/** Makes a bed; {@link EngineBed.close} ends and removes it. */
export async function engineBed(): Promise<EngineBed> {
    const folder = mkdtempSync(join(tmpdir(), "multiarch-engine-"));
    const repositories = join(folder, "git");
    const repository = join(repositories, "context-api");
    makeRepository(repository, exampleFiles);
    const published = new Registry({
        accounts: { robot: { password: PASSWORD } },
        now: () => Date.now(),
    });
    const internal = new Registry({ now: () => Date.now() });
    const [git, quay, own] = await Promise.all([
        serveRepositories(repositories),
        serveRegistry(published),
        serveRegistry(internal),
    ]);
    const errors: unknown[] = [];
    const cluster = simulateCluster({
        nodes: NODES,
        internal,
        published: { registry: published, host: quay.host },
        scratch: folder,
        repositoryOf: (url) => join(repositories, url.split("/").slice(3, -1).join("/")),
        report: (error) => errors.push(error),
    });
    const { api } = cluster;
    const served = await serveApi(api);
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, served.kubeconfig("admin"), { mode: 0o600 });
    const asked: string[] = [];
    const ask: AskCluster = async (method, path, body) => {
        // As the provider sends it: a change is applied by the server.
        const headers =
            method === "PATCH" ? { "content-type": "application/apply-patch+yaml" } : undefined;
        const { status, body: answer } = await api.handle({
            method,
            path,
            body,
            headers,
            user: "admin",
        });
        if (status >= 400) {
            throw new Error((answer as { message: string }).message);
        }
        return answer as Properties;
    };
    const noting: AskCluster = (method, path, body) => {
        if (method !== "GET") {
            const name = (body as { metadata: { name: string } } | undefined)?.metadata.name;
            const words = path.replace(/\?.*/, "").split("/");
            asked.push(
                method === "POST"
                    ? `POST ${words.at(-1) ?? ""} ${name ?? ""}`
                    : `${method} ${words.slice(-2).join(" ")}`,
            );
        }
        return ask(method, path, body);
    };
    const standIns = await Promise.all(
        [kubernetesStandIn(noting), commandStandIn(root), dockerStandIn(published)].map(
            serveStandIn,
        ),
    );
    const pulumi = new Pulumi(
        folder,
        standIns.map(({ attached }) => attached),
        kubeconfig,
    );
    const image = (name: string, changes: Properties = {}): ImageSettings => ({
        name,
        dockerfilePath: "docker/context-api.Dockerfile",
        destination: `${quay.host}/example/${name}`,
        tags: ["latest"],
        application: { replicas: 1 },
        ...changes,
    });
    const settings = {
        namespace: { name: "shop" },
        git: { url: `${git.url}/context-api/.git`, ref: "main" },
        registry: { server: quay.host, username: "robot" },
        publisher: { internalRegistry: own.host },
        images: [image("api")],
    };
    return {
        api,
        pulumi,
        folder,
        published,
        host: quay.host,
        asked,
        ask,
        image,
        commit: (files) => commit(repository, files, "Change by a test"),
        init: async (stack, changes = {}) =>
            initStack(pulumi, folder, stack, { ...settings, ...changes }),
        close: async () => {
            for (const standIn of standIns) {
                standIn.close();
            }
            cluster.close();
            await Promise.all([git.close(), quay.close(), own.close(), served.close()]);
            rmSync(folder, { recursive: true, force: true });
            if (errors.length > 0) {
                throw new Error(`the simulated cluster: ${errors.map(String).join("; ")}`);
            }
        },
    };
}

async function initStack(
    pulumi: Pulumi,
    folder: string,
    stack: string,
    first: Properties,
): Promise<BedStack> {
    const file = join(folder, `Pulumi.${stack}.yaml`);
    const where = ["--stack", stack];
    const withFile = [...where, "--config-file", file];
    const kept = { settings: first };
    const configure = (changes: Properties) => {
        kept.settings = { ...kept.settings, ...changes };
        const known = readYaml(file);
        const password = known.config?.["multiarch:registryPassword"];
        const entries = Object.entries(kept.settings).filter(([, value]) => value !== undefined);
        const config = Object.fromEntries(
            entries.map(([key, value]) => [`multiarch:${key}`, value] as const),
        );
        const secret = password === undefined ? {} : { "multiarch:registryPassword": password };
        writeFileSync(file, stringify({ ...known, config: { ...config, ...secret } }));
    };
    // It writes its salt beside the project's file, which must not be the repository.
    copyFileSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    await pulumi.ask(["stack", "init", stack, "--no-select", "--cwd", folder]);
    configure({});
    await pulumi.ask(["config", "set", "--secret", "multiarch:registryPassword", ...withFile], {
        input: PASSWORD,
    });
    const options = ["--yes", "--skip-preview", ...withFile];
    return {
        configure,
        up: async (...more) => {
            const events = join(folder, `${stack}.events.json`);
            rmSync(events, { force: true });
            const ended = await pulumi.run(["up", ...options, ...more, "--event-log", events]);
            return { ...ended, steps: stepsIn(readFileSync(events, "utf8")) };
        },
        startUp: () => pulumi.start(["up", ...options]),
        ownUp: () => pulumi.startOwn(["up", ...options]),
        destroy: () => pulumi.run(["destroy", ...options]),
        outputs: async () =>
            JSON.parse(
                await pulumi.ask(["stack", "output", "--json", "--show-secrets", ...where]),
            ) as {
                images: Record<string, ImageOutputs>;
            },
        history: async () =>
            JSON.parse(await pulumi.ask(["stack", "history", "--json", ...where])) as Remembered[],
        state: () =>
            readFileSync(join(pulumi.backend, ".pulumi/stacks/multiarch", `${stack}.json`), "utf8"),
        locks: () => namesIn(join(pulumi.backend, ".pulumi/locks/organization/multiarch", stack)),
    };
}

function readYaml(file: string): { config?: Record<string, unknown> } {
    try {
        return parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
    } catch {
        return {};
    }
}

function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}

/** What the engine did, in the order in which it was done; of custom resources, without what stays as it is. */
function stepsIn(log: string): TakenStep[] {
    return log
        .split("\n")
        .filter(Boolean)
        .map(
            (line) =>
                JSON.parse(line) as {
                    resOutputsEvent?: {
                        metadata: TakenStep & {
                            new?: { custom?: boolean };
                            old?: { custom?: boolean };
                        };
                    };
                },
        )
        .flatMap(({ resOutputsEvent: event }) => {
            const about = event?.metadata;
            const custom = about?.new?.custom ?? about?.old?.custom ?? false;
            return about === undefined || !custom || about.op === "same"
                ? []
                : [{ op: about.op, urn: about.urn }];
        });
}
