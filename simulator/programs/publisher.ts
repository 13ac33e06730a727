import type { ContainerContext, Program } from "../controllers/kubelet/program";
import type { Registry } from "../registry/registry";
import { digestOf } from "../registry/repository";
import { authorizationFor, RegistryClient, RegistryProblem } from "./registryClient";

const LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
// How often the twin looks for a file: as the script does at first.
const LOOK = 50;
// The script's exit code for an answer that would be the same the next time.
const REFUSED = 77;

interface Manifest {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
}

/**
 * The steps of the publisher's script in TypeScript, for a clock on which no other program can run: copies each image when its
 * digest is signalled, joins them to a list, moves the tags that nobody else has moved, and says so in the script's own lines.
 */
export function publisherTwin(registryOf: (host: string) => Registry | undefined): Program {
    return async (context) => {
        try {
            await new Publisher(context, registryOf).run();
            return 0;
        } catch (error) {
            if (context.signal.aborted) {
                return 1;
            }
            const words = error instanceof Error ? error.message : String(error);
            context.log(words);
            const hopeless = error instanceof RegistryProblem && [401, 403].includes(error.status);
            return hopeless ? REFUSED : 1;
        }
    };
}

class Publisher {
    private readonly source: RegistryClient;
    private readonly destination: RegistryClient;
    private readonly commit: string;

    constructor(
        private readonly context: ContainerContext,
        registryOf: (host: string) => Registry | undefined,
    ) {
        const { env } = context;
        const config = context.file("/input/credentials/config.json") ?? "{}";
        const token = context.file("/var/run/secrets/kubernetes.io/serviceaccount/token") ?? "";
        const account = Buffer.from(`serviceaccount:${token}`).toString("base64");
        const client = (
            repository: string,
            authorization: (host: string) => string | undefined,
        ) => {
            const [, host = "", name = ""] = /^([^/]+)\/(.+)$/.exec(repository) ?? [];
            const registry = registryOf(host);
            if (registry === undefined) {
                throw new Error(`failed to ping ${host}: no such host`);
            }
            return new RegistryClient(registry, name, authorization(host));
        };
        this.source = client(env["SOURCE"] ?? "", () => `Basic ${account}`);
        this.destination = client(env["DESTINATION"] ?? "", (host) =>
            authorizationFor([config], host),
        );
        this.commit = (env["COMMIT"] ?? "").slice(0, 12);
    }

    async run(): Promise<void> {
        const { context } = this;
        const words = (name: string) =>
            (context.env[name] ?? "").split(" ").filter((it) => it !== "");
        const architectures = words("ARCHITECTURES");
        const tags = words("FLOATING_TAGS");
        const before = new Map(tags.map((tag) => [tag, this.digestOf(tag)]));
        context.log('{"event":"ready"}');
        const digests = await Promise.all(architectures.map((it) => this.transfer(it)));
        await this.signalled("publish");
        const manifests = digests.map((digest, at) => this.entry(digest, architectures[at] ?? ""));
        const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: LIST, manifests }));
        const immutable = (digest: string) => `${this.commit}-${digest.slice(7, 15)}`;
        const probe = this.destination.pushManifest(digestOf(list), LIST, list);
        this.destination.pushManifest(immutable(probe), LIST, list);
        const moved: string[] = [];
        const ahead: Record<string, string> = {};
        for (const tag of tags) {
            const now = this.digestOf(tag);
            if (now !== probe && now !== before.get(tag)) {
                ahead[tag] = now;
                continue;
            }
            this.destination.pushManifest(tag, LIST, list);
            moved.push(tag);
        }
        const result = {
            event: "published",
            digest: probe,
            immutableTag: immutable(probe),
            moved,
            ahead,
        };
        context.log(JSON.stringify(result));
        context.terminationMessage(`${JSON.stringify(result)}\n`);
    }

    private digestOf(tag: string): string {
        try {
            return this.destination.manifest(tag).digest;
        } catch (error) {
            if (error instanceof RegistryProblem && error.status === 404) {
                return "";
            }
            throw error;
        }
    }

    private entry(digest: string, architecture: string) {
        const { mediaType, bytes } = this.destination.manifest(digest);
        return { mediaType, size: bytes.length, digest, platform: { architecture, os: "linux" } };
    }

    private async transfer(architecture: string): Promise<string> {
        const digest = await this.signalled(architecture);
        const { clock, log, signal } = this.context;
        const started = clock.now();
        const { mediaType, bytes } = this.source.manifest(digest);
        const { config, layers } = JSON.parse(bytes.toString("utf8")) as Manifest;
        for (const blob of [...layers, config]) {
            this.destination.pushBlob(blob.digest, this.source.blob(blob.digest));
        }
        this.destination.pushManifest(
            `${this.commit}-${architecture}-${digest.slice(7, 15)}`,
            mediaType,
            bytes,
        );
        await clock.sleep(LOOK, signal);
        const seconds = ((clock.now() - started) / 1_000).toFixed(2);
        log(`{"event":"transferred","architecture":"${architecture}","seconds":${seconds}}`);
        return digest;
    }

    private async signalled(name: string): Promise<string> {
        const { clock, signal, file } = this.context;
        for (;;) {
            const content = file(`/input/signal/${name}`) ?? "";
            if (content !== "") {
                return content;
            }
            await clock.sleep(LOOK, signal);
        }
    }
}
