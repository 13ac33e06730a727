import type { SimClock } from "../clock";

import type { Client } from "./client";
import type { KubeObject } from "./objects";
import { timestamp } from "./time";

// Kubernetes 1.36, client-go's EventCorrelator: more than ten events of one kind about an object within ten minutes that
// differ in their words are told as one.
const SIMILAR = 10;
const WINDOW = 600_000;

/** An event about an object. */
export interface EventWords {
    readonly type: "Normal" | "Warning";
    readonly reason: string;
    readonly message: string;
    /** The container: `spec.containers{publisher}`. */
    readonly fieldPath?: string;
}

interface Seen {
    readonly name: string;
    count: number;
}

/** Tells events about objects, as one component of the cluster. The same event again is counted, not repeated. */
export class Recorder {
    private readonly seen = new Map<string, Seen>();
    private readonly similar = new Map<string, { since: number; words: Set<string> }>();
    private last = Promise.resolve();

    /** @param component who says so, such as `kubelet` @param host the node it runs on */
    constructor(
        private readonly client: Client,
        private readonly clock: SimClock,
        private readonly component: string,
        private readonly host?: string,
    ) {}

    /** Tells an event; later ones come after it. Nothing fails when it cannot be told. */
    tell(about: KubeObject & { kind: string; apiVersion: string }, words: EventWords): void {
        this.last = this.last.then(() => this.write(about, words)).catch(() => undefined);
        void this.clock.work(this.last);
    }

    private async write(
        about: KubeObject & { kind: string; apiVersion: string },
        { type, reason, message, fieldPath }: EventWords,
    ): Promise<void> {
        const { name, namespace = "default", uid } = about.metadata;
        const group = [about.kind, uid, type, reason].join("/");
        const combined = this.isCombined(group, message);
        const key = combined ? group : [group, fieldPath, message].join("/");
        const text = combined ? `(combined from similar events): ${message}` : message;
        const now = timestamp(this.clock);
        const seen = this.seen.get(key);
        if (seen !== undefined) {
            seen.count++;
            const patch = { count: seen.count, lastTimestamp: now, message: text };
            await this.client.patch("events", namespace, seen.name, patch);
            return;
        }
        const created = await this.client.create("events", namespace, {
            apiVersion: "v1",
            kind: "Event",
            metadata: { generateName: `${name}.`, namespace },
            involvedObject: {
                kind: about.kind,
                namespace: about.metadata.namespace,
                name,
                uid,
                apiVersion: about.apiVersion,
                resourceVersion: about.metadata.resourceVersion,
                ...(fieldPath === undefined ? {} : { fieldPath }),
            },
            reason,
            message: text,
            type,
            ...this.times(now),
        });
        this.seen.set(key, { name: created.metadata.name, count: 1 });
    }

    private times(now: string): object {
        const { component, host } = this;
        // The scheduler writes events.k8s.io/v1, which has no counts at first (seen with Kubernetes 1.36).
        if (component === "default-scheduler") {
            return {
                source: {},
                firstTimestamp: null,
                lastTimestamp: null,
                eventTime: now.replace("Z", ".000000Z"),
                action: "Scheduling",
                reportingComponent: component,
                reportingInstance: `${component}-simulated`,
            };
        }
        return {
            source: { component, ...(host === undefined ? {} : { host }) },
            firstTimestamp: now,
            lastTimestamp: now,
            count: 1,
            eventTime: null,
            reportingComponent: component,
            reportingInstance: host ?? "",
        };
    }

    private isCombined(group: string, message: string): boolean {
        const now = this.clock.now();
        const known = this.similar.get(group);
        const current =
            known === undefined || now - known.since > WINDOW
                ? { since: now, words: new Set<string>() }
                : known;
        this.similar.set(group, current);
        current.words.add(message);
        return current.words.size > SIMILAR;
    }
}
