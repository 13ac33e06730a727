import type { KubeObject, OwnerReference, PodTemplate } from "./objects";

/** The object that controls this one, if it is of that kind. */
export function controllerOf({ metadata }: KubeObject, kind: string): OwnerReference | undefined {
    return metadata.ownerReferences?.find((it) => it.controller === true && it.kind === kind);
}

/** Whether this very object is controlled by that one. */
export function ownedBy(object: KubeObject, owner: KubeObject): boolean {
    const references = object.metadata.ownerReferences ?? [];
    return references.some(
        ({ controller, uid }) => controller === true && uid === owner.metadata.uid,
    );
}

/** What an object says of its controller. */
export function ownerReference(
    apiVersion: string,
    kind: string,
    { metadata }: KubeObject,
): OwnerReference {
    const { name, uid } = metadata;
    return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** A pod after a template; its name is made by the API. */
export function podFrom(
    template: PodTemplate,
    owner: KubeObject,
    reference: OwnerReference,
    more: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly finalizers?: readonly string[];
    } = {},
) {
    const { labels, finalizers } = more;
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
            generateName: `${owner.metadata.name}-`,
            namespace: owner.metadata.namespace,
            labels: { ...template.metadata?.labels, ...labels },
            ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
            ownerReferences: [reference],
            ...(finalizers && { finalizers }),
        },
        spec: template.spec,
    };
}
