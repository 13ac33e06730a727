import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** A user name and its password or token. */
export interface Login {
    readonly username: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
}

/** Arguments for {@link BuildProject}. */
export interface BuildProjectArgs {
    /** Name of the namespace. */
    readonly namespace: string;
    /** Whether the stack creates the namespace, or takes it as given. @default true */
    readonly createNamespace?: boolean;
    /** Registry host that the credentials are for, e.g. `quay.io`. */
    readonly registry: pulumi.Input<string>;
    /** Credentials of the registry, or the name of a Secret in the namespace that holds them. @default none */
    readonly registryCredentials?: Login | string;
    /** Credentials for the cluster's Git clone, or the name of a Secret that holds them. @default none */
    readonly gitCredentials?: Login | string;
}

/**
 * What every image of a stack shares: the namespace, the registry's push secret and the Git secret.
 *
 * The secrets are Kubernetes Secrets of the types that OpenShift's builder reads; a changed password is an update
 * in place, and no image is built again for it.
 *
 * Its outputs are plain names: whoever uses them depends on the component as a whole (`dependsOn`), which costs state
 * one entry, where a dependency of each property costs one for each.
 */
export class BuildProject extends pulumi.ComponentResource {
    /** Name of the namespace. */
    public readonly namespace: string;
    /** Name of the Secret with the registry's credentials (`kubernetes.io/dockerconfigjson`), when there is one. */
    public readonly pushSecret?: string;
    /** Name of the Secret with the Git credentials, when there is one. */
    public readonly sourceSecret?: string;
    /** The namespace, known once it exists. */
    private readonly created: pulumi.Output<string>;

    constructor(name: string, args: BuildProjectArgs, opts?: pulumi.ComponentResourceOptions) {
        super("multiarch:index:BuildProject", name, {}, opts);

        this.namespace = args.namespace;
        this.created = pulumi.output(args.namespace);
        if (args.createNamespace ?? true) {
            const namespace = new k8s.core.v1.Namespace(
                `${name}-namespace`,
                { metadata: { name: args.namespace } },
                { parent: this },
            );
            this.created = namespace.metadata.name;
        }

        if (args.registryCredentials !== undefined) {
            this.pushSecret = this.secret(`${name}-push`, args.registryCredentials, (login) => ({
                type: "kubernetes.io/dockerconfigjson",
                stringData: { ".dockerconfigjson": dockerConfig(args.registry, login) },
            }));
        }
        if (args.gitCredentials !== undefined) {
            this.sourceSecret = this.secret(`${name}-source`, args.gitCredentials, (login) => ({
                type: "kubernetes.io/basic-auth",
                stringData: { username: login.username, password: pulumi.secret(login.password) },
            }));
        }

        this.registerOutputs({
            namespace: this.namespace,
            pushSecret: this.pushSecret,
            sourceSecret: this.sourceSecret,
        });
    }

    /** The name of a Secret: the given one, or that of a new one. */
    private secret(
        name: string,
        credentials: Login | string,
        contents: (login: Login) => Omit<k8s.core.v1.SecretArgs, "metadata">,
    ): string {
        if (typeof credentials === "string") {
            return credentials;
        }
        new k8s.core.v1.Secret(
            name,
            { metadata: { name, namespace: this.created }, ...contents(credentials) },
            { parent: this },
        );
        return name;
    }
}

/** The contents of a docker config file with one registry's credentials. */
function dockerConfig(registry: pulumi.Input<string>, login: Login): pulumi.Output<string> {
    return pulumi.secret(
        pulumi
            .all([registry, login.username, login.password])
            .apply(([server, username, password]) => {
                const auth = Buffer.from(`${username}:${password}`).toString("base64");
                return JSON.stringify({ auths: { [server]: { auth } } });
            }),
    );
}
