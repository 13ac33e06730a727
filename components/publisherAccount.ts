import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Arguments for {@link PublisherAccount}. */
export interface PublisherAccountArgs {
    readonly namespace: string;
    /** ImageStreams that the account may pull from. */
    readonly imageStreams: pulumi.Input<string>[];
    /** SecurityContextConstraints that its pods run under, e.g. `restricted-v2`. */
    readonly scc: string;
    /** Text of the program that its pods run. */
    readonly program: string;
}

/**
 * What the publisher Jobs of a stack share: their program, and their ServiceAccount with the least rights that they
 * need: to pull from the stack's own ImageStreams, and to run under one SCC.
 *
 * The SCC is bound through its ClusterRole `system:openshift:scc:NAME`; the SCC object is never edited.
 * Credentials of the destination are mounted, so the account may not read any Secret.
 *
 * Its outputs are plain names: Jobs that use them depend on the component as a whole (`dependsOn`), so that the rights
 * are bound when they start.
 */
export class PublisherAccount extends pulumi.ComponentResource {
    /** Name of the ServiceAccount. */
    public readonly serviceAccount: string;
    /** Name of the ConfigMap that holds the program as `publish.sh`. */
    public readonly program: string;

    constructor(name: string, args: PublisherAccountArgs, opts?: pulumi.ComponentResourceOptions) {
        super("multiarch:index:PublisherAccount", name, {}, opts);

        const metadata = { name, namespace: args.namespace };
        const child = { parent: this };
        this.serviceAccount = name;
        this.program = `${name}-program`;
        const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata }, child);
        const role = new k8s.rbac.v1.Role(
            `${name}-puller`,
            {
                metadata: { ...metadata, name: `${name}-puller` },
                rules: [
                    {
                        // What the ClusterRole system:image-puller grants, narrowed to the stack's ImageStreams.
                        apiGroups: ["image.openshift.io"],
                        resources: ["imagestreams/layers"],
                        resourceNames: args.imageStreams,
                        verbs: ["get"],
                    },
                ],
            },
            child,
        );
        for (const { binding, roleRef } of [
            bind(`${name}-puller`, "Role", role.metadata.name),
            bind(`${name}-scc`, "ClusterRole", `system:openshift:scc:${args.scc}`),
        ]) {
            new k8s.rbac.v1.RoleBinding(
                binding,
                {
                    metadata: { ...metadata, name: binding },
                    roleRef,
                    subjects: [
                        {
                            kind: "ServiceAccount",
                            name: account.metadata.name,
                            namespace: args.namespace,
                        },
                    ],
                },
                child,
            );
        }

        new k8s.core.v1.ConfigMap(
            `${name}-program`,
            {
                metadata: { ...metadata, name: this.program },
                data: { "publish.sh": args.program },
            },
            child,
        );

        this.registerOutputs({ serviceAccount: this.serviceAccount, program: this.program });
    }
}

function bind(binding: string, kind: "Role" | "ClusterRole", role: pulumi.Input<string>) {
    return { binding, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: role } };
}
