import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";

import type { Properties } from "../../cli/engine/monitor";
import type { Registry } from "../../simulator/registry/registry";
import { type Difference, isSame, type StandIn } from "./standIn";

/** A request to the simulated cluster; resolves with the object, rejects with the API's words. */
export type AskCluster = (method: string, path: string, body?: unknown) => Promise<Properties>;

interface KubernetesObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly [key: string]: unknown;
}

/** Whose fields are what the stack declares. */
const MANAGER = "pulumi-kubernetes";

const refuse = (what: string) => Promise.reject(new Error(`${what} has no stand-in`));
const difference = (before: Properties, now: Properties): Difference => ({
    replaces: [],
    deleteBeforeReplace: false,
    changes: !isSame(before, now),
});

/**
 * Stands in for pulumi-kubernetes 4.32.0. What it replaces: an object of another name, namespace, kind or API, and a Job of
 * another spec; the one before goes first where both would be called the same
 * (its provider/pkg/provider/provider.go, Diff, and forcenew.go).
 */
export function kubernetesStandIn(ask: AskCluster): StandIn {
    return {
        name: "kubernetes",
        diff: ({ inputs }, before) => {
            const [one, other] = [inputs, before] as unknown as [
                KubernetesObject,
                KubernetesObject,
            ];
            const same = (path: (object: KubernetesObject) => unknown) =>
                isSame(path(one), path(other));
            const replaces = [
                ...(same(({ apiVersion }) => apiVersion) ? [] : ["apiVersion"]),
                ...(same(({ metadata }) => metadata.name) ? [] : ["metadata.name"]),
                ...(same(({ metadata }) => metadata.namespace) ? [] : ["metadata.namespace"]),
                ...(one.kind === "Job" && !same((object) => object["spec"]) ? ["spec"] : []),
            ];
            const sameName =
                same(({ metadata }) => metadata.name) && same(({ metadata }) => metadata.namespace);
            return {
                ...difference(before, inputs),
                replaces,
                deleteBeforeReplace: replaces.length > 0 && sameName,
            };
        },
        create: async ({ inputs }) => {
            const object = objectOf(inputs);
            // Server-side apply creates an object, or takes over what is there.
            const path = `${collectionOf(object)}/${object.metadata.name}?fieldManager=${MANAGER}`;
            const outputs = await ask("PATCH", path, object);
            const { namespace, name } = object.metadata;
            const id = namespace === undefined ? name : `${namespace}/${name}`;
            return { id, outputs: withoutData(outputs) };
        },
        read: async ({ inputs }) => {
            const object = objectOf(inputs);
            const path = `${collectionOf(object)}/${object.metadata.name}`;
            return ask("GET", path).catch(() => undefined);
        },
        update: async ({ inputs }) => {
            const object = objectOf(inputs);
            const path = `${collectionOf(object)}/${object.metadata.name}?fieldManager=${MANAGER}`;
            return withoutData(await ask("PATCH", path, object));
        },
        delete: async ({ inputs }) => {
            const object = objectOf(inputs);
            await ask("DELETE", `${collectionOf(object)}/${object.metadata.name}`);
        },
        invoke: refuse,
        cancel: () => undefined,
    };
}

/** The provider marks a Secret's data as secret (its provider/pkg/provider/provider.go); this one leaves it out. */
function withoutData(object: Properties): Properties {
    return object["kind"] === "Secret" ? { ...object, data: undefined } : object;
}

/** `/apis/GROUP/VERSION/namespaces/NAMESPACE/RESOURCES`; of the kinds that the program declares. */
function collectionOf({ apiVersion, kind, metadata }: KubernetesObject): string {
    const api = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    return `${api}${place}/${kind.toLowerCase()}s`;
}

/** As the API keeps it: a Secret's texts are in base64 there. */
function objectOf(inputs: Properties): KubernetesObject {
    const { stringData, ...object } = inputs as unknown as KubernetesObject & {
        readonly stringData?: Readonly<Record<string, string>>;
    };
    if (stringData === undefined) {
        return object;
    }
    const data = Object.entries(stringData).map(([key, text]) => [
        key,
        Buffer.from(text).toString("base64"),
    ]);
    return { ...object, data: Object.fromEntries(data) as object };
}

/**
 * Stands in for pulumi-command 1.2.1: runs a Command's line in a shell, with its environment; a change runs it again, and
 * other triggers replace it (its provider/pkg/provider/local). `folder` is the project's.
 */
export function commandStandIn(folder: string): StandIn {
    const running = new Set<ChildProcess>();
    const run = async ({ create, environment = {} }: Properties): Promise<Properties> => {
        const child = spawn("/bin/sh", ["-c", create as string], {
            cwd: folder,
            env: { PATH: process.env["PATH"], ...(environment as Record<string, string>) },
            stdio: ["ignore", "pipe", "pipe"],
        });
        running.add(child);
        const text = { stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
        const code = await new Promise<number | null>((resolve, reject) => {
            child.on("error", reject);
            child.on("close", resolve);
        }).finally(() => running.delete(child));
        if (code !== 0) {
            throw new Error(
                `exit status ${code ?? "of a signal"}: running ${JSON.stringify(create)}:\n${text.stderr}`,
            );
        }
        return { stdout: text.stdout.trimEnd(), stderr: text.stderr.trimEnd() };
    };
    return {
        name: "command",
        diff: ({ inputs }, before) => ({
            ...difference(before, inputs),
            replaces: isSame(inputs["triggers"], before["triggers"]) ? [] : ["triggers"],
        }),
        create: async ({ inputs }) => ({
            id: randomUUID(),
            outputs: { ...inputs, ...(await run(inputs)) },
        }),
        read: ({ inputs }) => Promise.resolve(inputs),
        update: async ({ inputs }) => ({ ...inputs, ...(await run(inputs)) }),
        delete: () => Promise.resolve(),
        invoke: refuse,
        cancel: () => {
            for (const child of running) {
                child.kill("SIGINT");
            }
        },
    };
}

/** Stands in for pulumi-docker 5.0.0's one function that the program asks: reads lists from a registry. */
export function dockerStandIn(registry: Registry): StandIn {
    const none = () => refuse("a resource of Docker");
    return {
        name: "docker",
        diff: ({ inputs }, before) => difference(before, inputs),
        create: none,
        read: none,
        update: none,
        delete: none,
        invoke: (token, inputs) => {
            const [, repository = "", digest = ""] =
                /^[^/]+\/(.+?)(?::[^/:@]*)?@(sha256:[0-9a-f]{64})$/.exec(String(inputs["name"])) ??
                [];
            const list = registry.repository(repository).manifest(digest);
            if (!token.endsWith(":getRegistryImageManifests") || list === undefined) {
                return refuse(`${token} of ${String(inputs["name"])}`);
            }
            const { manifests } = JSON.parse(list.bytes.toString()) as {
                manifests: { digest: string; platform: { architecture: string; os: string } }[];
            };
            return Promise.resolve({
                ...inputs,
                manifests: manifests.map(({ digest: sha256Digest, platform }) => ({
                    ...platform,
                    sha256Digest,
                })),
            });
        },
        cancel: () => undefined,
    };
}
