/**
 * Names of images, by the grammar of github.com/distribution/reference (regexp.go, v0.6.0), with the two
 * differences that the names here are always complete (a registry is given, never implied) and that a digest is
 * always SHA-256, the only algorithm that OpenShift and quay.io use.
 */
const pattern = {
    // `_` is in names of hosts that people have, and Docker's URL parser takes it.
    domain: String.raw`[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*`,
    ipv6: String.raw`\[[0-9A-Fa-f:]+\]`,
    path: String.raw`[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*`,
    tag: String.raw`\w[\w.-]{0,127}`,
    digest: String.raw`sha256:[0-9a-f]{64}`,
};

const registryPattern = new RegExp(`^(?:${pattern.domain}|${pattern.ipv6})(?::([0-9]{1,5}))?$`);
const repositoryPattern = new RegExp(`^${pattern.path}(?:/${pattern.path})*$`);
const tagPattern = new RegExp(`^${pattern.tag}$`);
const digestPattern = new RegExp(`^${pattern.digest}$`);

/** Longest repository that registries accept, without the registry (distribution's RepositoryNameTotalLengthMax). */
const repositoryLength = 255;

/** An image's name, taken apart. */
export interface ImageReference {
    /** Host and port, e.g. `quay.io`. */
    readonly registry: string;
    /** Path in the registry, e.g. `jordigilh/context-api`. */
    readonly repository: string;
    /** Name that may move, e.g. `latest`. */
    readonly tag?: string;
    /** Name that never moves, `sha256:` and 64 hexadecimal digits. */
    readonly digest?: string;
}

/** Whether `text` is a registry's host, with or without a port. */
export function isRegistry(text: string): boolean {
    const port = registryPattern.exec(text);
    // A first component without a dot or port is a namespace of Docker Hub, as in `library/alpine`.
    const complete = /[.:]/.test(text) || text === "localhost";
    return port !== null && complete && (port[1] === undefined || isPort(Number(port[1])));
}

/** Whether a repository of this registry has a namespace before its name. ECR and others of one's own have `host/name`. */
export function wantsNamespace(registry: string): boolean {
    return registry === "quay.io" || registry === "docker.io" || registry === "ghcr.io";
}

/** Whether `text` is a tag. */
export function isTag(text: string): boolean {
    return tagPattern.test(text);
}

/** Whether `text` is a SHA-256 digest. */
export function isDigest(text: string): boolean {
    return digestPattern.test(text);
}

/** Takes an image's name apart; undefined if it is not a complete one. */
export function parseImageReference(text: string): ImageReference | undefined {
    const [name = "", digest, ...rest] = text.split("@");
    const slash = name.indexOf("/");
    const registry = name.slice(0, Math.max(slash, 0));
    const [repository = "", tag, ...more] = name.slice(slash + 1).split(":");
    const valid =
        rest.length + more.length === 0 &&
        isRegistry(registry) &&
        repository.length <= repositoryLength &&
        repositoryPattern.test(repository) &&
        (tag === undefined || isTag(tag)) &&
        (digest === undefined || isDigest(digest));
    return valid ? { registry, repository, tag, digest } : undefined;
}

/** Writes an image's name as one string, the reverse of {@link parseImageReference}. */
export function formatImageReference(reference: ImageReference): string {
    const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
    const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
    return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

function isPort(port: number): boolean {
    return port >= 1 && port <= 65535;
}
