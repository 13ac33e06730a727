import { stringify } from "yaml";

/** What a new stack builds, as a person said it. */
export interface NewStack {
    readonly namespace: string;
    /** Whether the stack makes the namespace. */
    readonly createNamespace: boolean;
    readonly gitUrl: string;
    readonly gitRef: string;
    readonly image: string;
    readonly dockerfile: string;
    /** `registry/namespace/name` */
    readonly destination: string;
    /** Undefined for an image that is only built. */
    readonly port: number | undefined;
    /** Path of the HTTP request that says whether the service is well. */
    readonly probe: string;
    readonly architectures: readonly string[];
    /** Existing Secret to push with, or else an account. */
    readonly pushSecret: string | undefined;
    readonly username: string | undefined;
}

/** A stack that deploys what another one built. */
export interface NextStack {
    readonly stack: string;
    readonly namespace: string;
    /** Stack that is promoted from. */
    readonly from: string;
}

/** The least that `Pulumi.STACK.yaml` must say to build and deploy the image. */
export function stackText(stack: NewStack): string {
    const { image, destination, port } = stack;
    const dockerfile =
        stack.dockerfile === "Dockerfile" ? {} : { dockerfilePath: stack.dockerfile };
    return text("Every key: docs/configuration.md", {
        namespace: {
            name: stack.namespace,
            ...(stack.createNamespace ? {} : { create: false }),
        },
        git: { url: stack.gitUrl, ref: stack.gitRef },
        registry: registryOf(stack),
        architectures: stack.architectures,
        images: [{ name: image, ...dockerfile, destination, ...applicationOf(port, stack.probe) }],
    });
}

/** The file of a stack that deploys that image by digest; zeros stand for "nothing yet". */
export function nextStackText(
    stack: NewStack,
    { stack: name, namespace, from }: NextStack,
): string {
    const { image, destination, port, probe, architectures } = stack;
    const digest = `sha256:${"0".repeat(64)}`;
    return text(`The digest is written by: npm run promote -- --from ${from} --to ${name}`, {
        namespace: { name: namespace, create: false },
        sourceStack: `organization/multiarch/${from}`,
        registry: registryOf(stack),
        architectures,
        images: [{ name: image, destination, digest, ...applicationOf(port, probe) }],
    });
}

function registryOf({ destination, pushSecret, username }: NewStack) {
    const server = destination.split("/")[0] ?? "";
    return {
        ...(server === "quay.io" ? {} : { server }),
        ...(pushSecret === undefined ? { username } : { pushSecret }),
    };
}

function applicationOf(port: number | undefined, path: string) {
    return port === undefined
        ? {}
        : { application: { ports: [{ name: "http", port }], probe: { path, port } } };
}

function text(comment: string, settings: Readonly<Record<string, unknown>>): string {
    const config = Object.entries(settings).map(([key, value]) => [`multiarch:${key}`, value]);
    return `# ${comment}\n${stringify({ config: Object.fromEntries(config) as unknown }, { lineWidth: 0 })}`;
}
