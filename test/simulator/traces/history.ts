import { type Facts, factsOf, type Json, part } from "./facts";
import { Names } from "./names";

/** What one object went through: its states in order, and the events about it in order. */
export interface ObjectHistory {
    readonly states: string[];
    readonly events: string[];
}

/** Applies a JSON merge patch (RFC 7386). */
export function merged(target: unknown, patch: unknown): unknown {
    if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
        return patch;
    }
    const result: Json =
        typeof target === "object" && target !== null && !Array.isArray(target)
            ? { ...target }
            : {};
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) {
            // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
            delete result[key];
        } else {
            result[key] = merged(result[key], value);
        }
    }
    return result;
}

/** An event about an object. */
export interface SeenEvent {
    readonly kind: string;
    readonly name: string;
    /** The container it is about: `spec.containers{publisher}`. */
    readonly of?: string;
    readonly type: string;
    readonly reason: string;
    readonly message: string;
    readonly from?: string;
}

/** An event as the API has it. */
export function seenEvent(object: unknown): SeenEvent {
    const { involvedObject, type, reason, message, source, reportingComponent } = object as {
        involvedObject: { kind: string; name: string; fieldPath?: string };
        type: string;
        reason: string;
        message: string;
        source?: { component?: string };
        reportingComponent?: string;
    };
    const { kind, name, fieldPath } = involvedObject;
    const from = source?.component ?? reportingComponent ?? "";
    return {
        kind,
        name,
        type,
        reason,
        message,
        from,
        ...(fieldPath !== undefined && { of: fieldPath }),
    };
}

const PLURALS: Readonly<Record<string, string>> = {
    Pod: "pods",
    Job: "jobs",
    Build: "builds",
    BuildConfig: "buildconfigs",
    Deployment: "deployments",
    ReplicaSet: "replicasets",
    ImageStream: "imagestreams",
    Node: "nodes",
};

// At an object's creation these say nothing.
const EMPTY = ["", "0"];

/** Collects what objects went through, with names that two runs have in common. */
export class Histories {
    private readonly known = new Map<string, { facts: Facts; object: unknown }>();
    private readonly found = new Map<string, ObjectHistory>();
    // Objects of the same name in a namespace that is still being deleted.
    private readonly departing = new Map<string, number>();

    constructor(private readonly names = new Names()) {}

    /** Takes in a state from before, of which nothing is told. */
    knew(kind: string, name: string, object: unknown): void {
        this.known.set(`${kind}/${name}`, { facts: factsOf(kind, object as Json), object });
    }

    /** Takes in a new state. */
    state(
        kind: string,
        name: string,
        type: "ADDED" | "MODIFIED" | "DELETED",
        object: unknown,
    ): void {
        const key = `${kind}/${name}`;
        const before = this.known.get(key);
        this.names.learn(kind, object);
        const history = this.of(kind, name);
        const departing = this.departing.get(key) ?? 0;
        const leaves =
            type === "DELETED" || part(object, "metadata")["deletionTimestamp"] !== undefined;
        if (departing > 0 && type !== "ADDED" && leaves) {
            this.departing.set(key, departing - (type === "DELETED" ? 1 : 0));
            return;
        }
        if (type === "ADDED" && before !== undefined) {
            this.departing.set(key, departing + 1);
        }
        if (type === "DELETED") {
            this.known.delete(key);
            history.states.push("deleted");
            return;
        }
        const facts = factsOf(kind, object as Json);
        const first = before === undefined || type === "ADDED";
        if (first) {
            history.states.push("created");
        }
        for (const [fact, value] of facts) {
            if (first ? !EMPTY.includes(value) : before.facts.get(fact) !== value) {
                history.states.push(this.names.plain(`${fact}: ${value}`));
            }
        }
        this.known.set(key, { facts, object });
    }

    /** Takes in a change, as the traces have it. */
    change(kind: string, name: string, type: "MODIFIED" | "DELETED", change: unknown): void {
        const before = this.known.get(`${kind}/${name}`);
        this.state(kind, name, type, merged(before?.object, change));
    }

    /** Takes in an event; the same one again counts once. */
    event({ kind, name, of, type, reason, message, from }: SeenEvent): void {
        const container = of === undefined ? "" : ` ${of}`;
        const line = this.names.plain(`${type} ${reason} ${from ?? ""}${container}: ${message}`);
        const { events } = this.of(PLURALS[kind] ?? kind, name);
        if (!events.includes(line)) {
            events.push(line);
        }
    }

    /** Starts a new chapter: what was told so far, by names that runs have in common. */
    chapter(): Map<string, ObjectHistory> {
        const told = new Map<string, ObjectHistory>();
        for (const [name, { states, events }] of this.found) {
            if (states.length + events.length > 0) {
                // An event may name a pod that was not seen yet.
                const plain = (line: string) => this.names.plain(line);
                told.set(plain(name), {
                    states: states.map(plain),
                    events: [...new Set(events.map(plain))],
                });
            }
        }
        this.found.clear();
        this.names.forget();
        return told;
    }

    private of(kind: string, name: string): ObjectHistory {
        const key = `${kind}/${this.names.plain(name)}`;
        const history = this.found.get(key) ?? { states: [], events: [] };
        this.found.set(key, history);
        return history;
    }
}
