import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRepository, type Repository } from "../sandbox/fixture";
import { quay } from "../sandbox/settings";
import { run, succeeded } from "../e2e/run";
import { TestStack, application } from "../e2e/testStack";
import { commitTo } from "./commit";
import { Observer } from "./observed";
import { type SeedService } from "./seed/manifests";
import { setUpSeed } from "./seed/setUp";
import { serve } from "./serve";
import { removeImages } from "./storage";

/**
 * Where cases are measured: a stack of the program and, in a namespace beside it, what the seed guide sets up once,
 * for the same services from the same commits.
 */
export class Bed {
    #observers: { readonly program: Observer; readonly seed: Observer } | undefined;

    private constructor(
        readonly stack: TestStack,
        readonly services: readonly string[],
        /** Source of the last service alone, where there are several. */
        readonly ownRepository: Repository | undefined,
        readonly scratch: string,
    ) {}

    /** Makes a bed for so many services; nothing is in the cluster yet. */
    static async create(count: number): Promise<Bed> {
        const services = serviceNames(count);
        const own = count > 1 ? await createRepository(`bench-own-${process.pid}`) : undefined;
        const images = services.map((name, at) => ({
            name,
            tags: ["latest", "v0.1.0"],
            application: { ...application, resources, ...(count > 1 && { probe: calmProbe }) },
            ...(own !== undefined && at === count - 1 && { git: { url: own.url } }),
        }));
        const stack = await TestStack.create(`bench-${count}`, images);
        return new Bed(stack, services, own, mkdtempSync(join(tmpdir(), "multiarch-bench-")));
    }

    /** Brings every service to run, on both sides. */
    async setUp(say: (text: string) => void): Promise<void> {
        say(`first pulumi up of ${this.services.length} services`);
        succeeded(await pulumi(this.stack, ["up", "--yes", "--skip-preview"]));
        say("what the seed guide sets up once");
        succeeded(await run(["oc", "create", "namespace", this.seedNamespace]));
        const outputs = await this.stack.outputs();
        const { namespace } = this.stack;
        await setUpSeed(
            this.services.map((name) => ({
                seed: this.seedOf(name),
                pattern: { namespace, name, reference: outputs[name]?.reference ?? "" },
            })),
        );
        this.#observers = {
            program: await Observer.start(namespace),
            seed: await Observer.start(this.seedNamespace),
        };
    }

    /** Tells when which build and rollout happened on each side. */
    get observers(): { readonly program: Observer; readonly seed: Observer } {
        if (this.#observers === undefined) {
            throw new Error("the bed is not set up");
        }
        return this.#observers;
    }

    /** What the seed's script works on. */
    seedOf(name: string): SeedService {
        const own = name === this.services.at(-1) ? this.ownRepository : undefined;
        const { url: gitUrl } = own ?? this.stack.repository;
        return { namespace: this.seedNamespace, name, gitUrl };
    }

    get seedNamespace(): string {
        return `${this.stack.namespace}-seed`;
    }

    /** Where both sides work. */
    get namespaces(): readonly string[] {
        return [this.stack.namespace, this.seedNamespace];
    }

    /** Lets only the services of these sides run. */
    async letServe(...sides: readonly ("program" | "seed")[]): Promise<void> {
        const namespaces = { program: this.stack.namespace, seed: this.seedNamespace };
        const running = sides.map((side) => namespaces[side]);
        const still = this.namespaces.filter((it) => !running.includes(it));
        await serve(running, still, application.replicas, async (args) =>
            succeeded(await run(["oc", ...args])),
        );
    }

    /** Commits files for every service, or only for the last one. */
    async commit(files: Record<string, string>, onlyLast = false): Promise<void> {
        if (this.ownRepository !== undefined) {
            await commitTo(this.ownRepository, this.scratch, files);
        }
        if (!onlyLast || this.ownRepository === undefined) {
            await commitTo(this.stack.repository, this.scratch, files);
        }
    }

    /** Takes away what the bed has in the cluster, in the registries and on this machine. */
    async remove(): Promise<void> {
        this.#observers?.program.stop();
        this.#observers?.seed.stop();
        const { namespaces } = this;
        const gone = ["--ignore-not-found", "--timeout=300s"];
        succeeded(await run(["oc", "delete", "namespace", ...namespaces, ...gone]));
        await removeImages(namespaces);
        const repositories = [this.stack.repository.path, this.ownRepository?.path ?? []].flat();
        for (const folder of [...repositories, this.scratch, this.stack.folder]) {
            rmSync(folder, { recursive: true, force: true });
        }
    }
}

/** Names of so many services; one alone is the guide's. */
export function serviceNames(count: number): string[] {
    return count === 1
        ? ["context-api"]
        : Array.from({ length: count }, (_, at) => `service-${String(at + 1).padStart(2, "0")}`);
}

/** The guide's limits; its requests would not leave room for 26 services on the sandbox's four CPUs. */
const resources = {
    requests: { cpu: "10m", memory: "16Mi" },
    limits: { cpu: "500m", memory: "512Mi" },
};

/** Asks often only until the first answer: 52 pods that are asked each second take a fifth of the sandbox's CPUs. */
const calmProbe = { startup: {}, readiness: { initialDelaySeconds: 0, periodSeconds: 10 } };

/** Runs `pulumi` on a bed's stack; up to 20 minutes. */
export function pulumi(stack: TestStack, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const common = ["--non-interactive", "--color", "never"];
    const which = ["--stack", "test", "--config-file", stack.configFile];
    return stack.run(["pulumi", ...args, ...common, ...which], { env, limitSeconds: 1200 });
}

/** Where a bed's images are pushed to. */
export function destinationOf(stack: TestStack, service: string): string {
    return `${quay.host}/${stack.namespace}/${service}`;
}
