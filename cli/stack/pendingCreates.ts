import { z } from "zod";

const Resource = z.looseObject({
    urn: z.string(),
    type: z.string(),
    inputs: z.record(z.string(), z.unknown()).optional(),
    pendingReplacement: z.boolean().optional(),
    outputs: z.record(z.string(), z.unknown()).optional(),
});
type Resource = z.infer<typeof Resource>;

const State = z.looseObject({
    deployment: z
        .looseObject({
            resources: z.array(Resource).nullish(),
            pending_operations: z
                .array(z.looseObject({ type: z.string(), resource: Resource }))
                .nullish(),
        })
        .nullish(),
});

const Named = z.object({
    metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

const Managed = z.object({
    metadata: z.object({ managedFields: z.array(z.object({ manager: z.string().optional() })) }),
});

/** The URNs of what a killed run was creating: nobody saw the end of it. */
export function pendingCreates(state: string): string[] {
    return creationsIn(State.parse(JSON.parse(state))).map(({ urn }) => urn);
}

/** A state, and the URNs of its resources that may not be there. */
export interface TakenOver {
    readonly state: string;
    readonly urns: readonly string[];
}

/**
 * The state of a stack with the cluster's objects whose creation is pending as resources of it, and with nothing
 * pending. A refresh of them then keeps those that are there; creating them again would fail ("already exists"). What
 * is no object of the cluster is forgotten and created again, which the programs allow: they adopt what is under way.
 *
 * `pulumi refresh --import-pending-creates` is meant for this, but of an operation that it has marked nothing is heard
 * again (3.259, tried on the sandbox: the next update failed with "already exists").
 */
export function takenOver(text: string): TakenOver {
    const state = State.parse(JSON.parse(text));
    const { deployment } = state;
    if (deployment === undefined || deployment === null) {
        return { state: text, urns: [] };
    }
    // The old object of a replacement has gone by then: its entry stands for the new one.
    const known = (deployment.resources ?? []).filter(
        ({ pendingReplacement }) => !pendingReplacement,
    );
    const urns = new Set(known.map(({ urn }) => urn));
    const begun = creationsIn(state).flatMap((resource) => {
        const id = objectId(resource);
        return id === undefined || urns.has(resource.urn)
            ? []
            : [{ ...resource, custom: true, id, outputs: resource.inputs }];
    });
    const taken = new Map(begun.map((resource) => [resource.urn, resource]));
    const places = new Set((deployment.resources ?? []).map(({ urn }) => urn));
    const resources = [
        // In the old one's place, before what depends on it: Pulumi takes no state in another order.
        ...(deployment.resources ?? []).map((resource) => taken.get(resource.urn) ?? resource),
        ...begun.filter(({ urn }) => !places.has(urn)),
    ];
    return {
        state: JSON.stringify({
            ...state,
            deployment: { ...deployment, resources, pending_operations: [] },
        }),
        urns: [...taken.keys()],
    };
}

/**
 * The refreshed state without those of these objects that somebody else has made: the next update says that they exist
 * already. What pulumi-kubernetes creates has its name among the managers of its fields.
 */
export function withoutForeign(text: string, urns: readonly string[]): string {
    const state = State.parse(JSON.parse(text));
    const resources = (state.deployment?.resources ?? []).filter(
        (resource) => !urns.includes(resource.urn) || isOwn(resource),
    );
    return JSON.stringify({ ...state, deployment: { ...state.deployment, resources } });
}

function creationsIn({ deployment }: z.infer<typeof State>): Resource[] {
    return (deployment?.pending_operations ?? [])
        .filter(({ type }) => type === "creating")
        .map(({ resource }) => resource);
}

/** The id that pulumi-kubernetes gives an object: its namespace and its name. */
function objectId({ type, inputs }: Resource): string | undefined {
    const named = Named.safeParse(inputs).data?.metadata;
    if (!type.startsWith("kubernetes:") || named === undefined) {
        return undefined;
    }
    const { name, namespace } = named;
    return namespace === undefined ? name : `${namespace}/${name}`;
}

function isOwn({ outputs }: Resource): boolean {
    const managed = Managed.safeParse(outputs).data?.metadata.managedFields ?? [];
    return managed.some(({ manager }) => manager?.startsWith("pulumi-kubernetes"));
}
