import type { SimClock } from "../clock";
import type { Change, Client, Resource } from "./client";
import type { KubeObject } from "./objects";

// After a watch has broken, a client of the API waits about a second.
const PAUSE = 1_000;

/** An object before and after a change; one of them is missing when it is new or gone. */
export type OnChange<T> = (now: T | undefined, before: T | undefined) => void;

/** Knows all objects of a kind, and tells of their changes: lists, watches, and starts again when the watch ends. */
export class Informer<T extends KubeObject> {
    private readonly known = new Map<string, T>();
    private readonly listeners: OnChange<T>[] = [];

    constructor(
        private readonly client: Client,
        private readonly resource: Resource,
        private readonly clock: SimClock,
    ) {}

    /** All objects, in the order of their names. */
    all(namespace?: string): T[] {
        return [...this.known.values()].filter(
            ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
        );
    }

    /** One object. */
    get(namespace: string, name: string): T | undefined {
        return this.known.get(`${namespace}/${name}`);
    }

    /** Has changes told from now on. */
    listen(listener: OnChange<T>): void {
        this.listeners.push(listener);
    }

    /** Takes in what an own request has answered: the watch will tell it again. */
    learn(object: T): void {
        this.take({ type: "MODIFIED", object });
    }

    /** Lists, and goes on watching until the signal is aborted. Resolves when the first list is known. */
    async start(signal: AbortSignal): Promise<void> {
        const version = await this.list(signal);
        void this.follow(version, signal);
    }

    private async follow(from: string, signal: AbortSignal): Promise<void> {
        let version = from;
        while (!signal.aborted) {
            try {
                version = await this.watch(version, signal);
            } catch {
                // The API server is away, or its log does not reach back so far.
                await this.clock.sleep(PAUSE, signal).catch(() => undefined);
                version = await this.list(signal).catch(() => version);
            }
        }
    }

    private async watch(from: string, signal: AbortSignal): Promise<string> {
        let version = from;
        for await (const { type, object } of this.client.watch(this.resource, version, signal)) {
            if (type === "ERROR") {
                throw new Error("the watch cannot go on");
            }
            version = (object as KubeObject).metadata.resourceVersion;
            this.take({ type, object });
        }
        return version;
    }

    private async list(signal: AbortSignal): Promise<string> {
        for (;;) {
            try {
                const { items, resourceVersion } = await this.client.list<T>(this.resource);
                const left = new Set(this.known.keys());
                for (const object of items) {
                    left.delete(keyOf(object));
                    this.take({ type: "MODIFIED", object });
                }
                for (const key of left) {
                    this.take({ type: "DELETED", object: this.known.get(key) });
                }
                return resourceVersion;
            } catch (error) {
                if (signal.aborted) {
                    throw error;
                }
                await this.clock.sleep(PAUSE, signal);
            }
        }
    }

    private take({ type, object }: Change): void {
        if (type === "BOOKMARK") {
            return;
        }
        const now = object as T;
        const key = keyOf(now);
        const before = this.known.get(key);
        if (type === "DELETED") {
            this.known.delete(key);
        } else if (before !== undefined && !isNewer(now, before)) {
            return;
        } else {
            this.known.set(key, now);
        }
        for (const listener of this.listeners) {
            listener(type === "DELETED" ? undefined : now, type === "DELETED" ? now : before);
        }
    }
}

/** `namespace/name`. */
export function keyOf({ metadata }: KubeObject): string {
    return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function isNewer(one: KubeObject, other: KubeObject): boolean {
    return (
        one.metadata.uid !== other.metadata.uid ||
        Number(one.metadata.resourceVersion) > Number(other.metadata.resourceVersion)
    );
}
