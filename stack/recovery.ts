import { hostname } from "node:os";

import { z } from "zod";

import { judge, type Lock, locksOf, releaseLock } from "./locks";
import { endOrphans } from "./orphans";
import { readProcess } from "./processes";
import { StackError } from "./pulumi";

/** Which stack, of which project, kept where. */
export interface Place {
    /** URL of the backend: `file:///...`, `https://api.pulumi.com/...` */
    readonly backend: string;
    readonly project: string;
    readonly stack: string;
    /** Options that say so to pulumi. */
    readonly options: readonly string[];
}

const Resource = z.object({
    urn: z.string(),
    type: z.string(),
    inputs: z
        .object({
            metadata: z.object({ name: z.unknown(), namespace: z.unknown() }).partial().optional(),
        })
        .optional(),
});

const State = z.object({
    deployment: z
        .object({
            pending_operations: z
                .array(z.object({ type: z.string(), resource: Resource }))
                .nullish(),
        })
        .nullish(),
});

/**
 * Clears away what a run that was killed has left: its lock, its plugins, its unfinished creations. A run that goes
 * on, or that another machine began, is never touched. `say` is told everything that was done.
 */
export async function recover(place: Place, say: (text: string) => void): Promise<void> {
    const locks = locksOf(place.backend, place.project, place.stack);
    const judged = locks.map((lock) => ({ lock, verdict: judge(lock, hostname(), readProcess) }));
    const held = judged.find(({ verdict }) => verdict !== "stale");
    if (held !== undefined) {
        throw new StackError(heldBy(held.lock, held.verdict === "elsewhere", place.stack));
    }
    for (const { lock } of judged) {
        releaseLock(lock);
        say(`the run of ${describe(lock)} is gone, its lock was left: released`);
    }
    for (const { pid, command } of await endOrphans()) {
        say(`ended process ${pid}, which it had left: ${command.slice(0, 2).join(" ")}`);
    }
}

/** A creation that a killed run began and nobody saw the end of. */
export interface PendingCreate {
    readonly urn: string;
    /** The id that its object has, if it was created after all; undefined of what is no object of the cluster. */
    readonly id: string | undefined;
}

/** The creations that are pending in a stack's state. */
export function pendingCreates(state: string): PendingCreate[] {
    return (State.parse(JSON.parse(state)).deployment?.pending_operations ?? [])
        .filter(({ type }) => type === "creating")
        .map(({ resource }) => ({ urn: resource.urn, id: objectId(resource) }));
}

/**
 * Words for `pulumi` that settle pending creations: an object of the cluster that is there is taken over as the
 * stack's own (creating it again fails, "already exists"), everything else is forgotten and created again, which
 * the programs allow: they adopt what is under way. Without this Pulumi warns of them for ever.
 */
export function settle(pending: readonly PendingCreate[]): string[] {
    const imports = pending.flatMap(({ urn, id }) => (id === undefined ? [] : [urn, id]));
    return [
        ...["refresh", "--yes", "--skip-preview", "--suppress-outputs", "--clear-pending-creates"],
        ...imports.map((word) => `--import-pending-creates=${word}`),
    ];
}

/** The id that pulumi-kubernetes gives an object: its namespace and its name. */
function objectId({ type, inputs }: z.infer<typeof Resource>): string | undefined {
    const { name, namespace } = inputs?.metadata ?? {};
    if (!type.startsWith("kubernetes:") || typeof name !== "string") {
        return undefined;
    }
    return typeof namespace === "string" ? `${namespace}/${name}` : name;
}

function heldBy(lock: Lock, elsewhere: boolean, stack: string): string {
    const next = elsewhere
        ? `Next: see whether it still runs there; only if it does not: pulumi cancel --yes --stack ${stack}`
        : `Next: wait for it, or end it with: kill -INT ${lock.pid}`;
    return `stack ${stack} is being changed by ${describe(lock)}. ${next}`;
}

function describe({ username, hostname: host, pid, timestamp }: Lock): string {
    return `${username}@${host} (pulumi, process ${pid}, since ${timestamp.slice(0, 19)}Z)`;
}
