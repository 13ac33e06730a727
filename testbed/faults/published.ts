import { z } from "zod";

import { paths, quay } from "../sandbox/settings";
import { tagsOf } from "../e2e/registry";
import { run } from "../e2e/run";

const types = [
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];
const Manifest = z.object({
    manifests: z
        .array(
            z.object({
                digest: z.string(),
                platform: z.object({ os: z.string(), architecture: z.string() }),
            }),
        )
        .optional(),
    config: z.object({ digest: z.string() }).optional(),
});
const Config = z.object({
    architecture: z.string(),
    config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
});

/** What each tag of a repository names; fails when one of them names a wrong image or half of one. */
export async function checkedTags(
    repository: string,
    architectures: readonly string[],
): Promise<Record<string, string>> {
    const tags = await tagsOf(repository);
    const found = await Promise.all(
        tags.map(async (tag) => {
            const digest = await checkTag(repository, tag, architectures);
            return [tag, digest] as const;
        }),
    );
    return Object.fromEntries(found);
}

async function checkTag(repository: string, tag: string, architectures: readonly string[]) {
    const { body, digest } = await get(repository, `manifests/${tag}`);
    const { manifests } = Manifest.parse(JSON.parse(body));
    const single = /^([0-9a-f]{12})-([a-z0-9]+)-[0-9a-f]{8}$/.exec(tag);
    if (single) {
        const [, commit = "", architecture = ""] = single;
        await checkImage(repository, digest, architecture, commit);
        return digest;
    }
    const platforms = (manifests ?? []).map(({ platform }) => platform.architecture).sort();
    if (platforms.join() !== [...architectures].sort().join()) {
        throw new Error(
            `${repository}:${tag} is for ${platforms.join() || "no platform"}: ${body}`,
        );
    }
    const commits = await Promise.all(
        (manifests ?? []).map((child) =>
            checkImage(repository, child.digest, child.platform.architecture),
        ),
    );
    if (new Set(commits).size !== 1) {
        throw new Error(`${repository}:${tag} mixes the commits ${commits.join()}`);
    }
    return digest;
}

/** The commit of an image that is there, whole, and of that architecture. */
async function checkImage(repository: string, digest: string, architecture: string, commit = "") {
    const manifest = Manifest.parse(
        JSON.parse((await get(repository, `manifests/${digest}`)).body),
    );
    const { body } = await get(repository, `blobs/${manifest.config?.digest ?? ""}`);
    const config = Config.parse(JSON.parse(body));
    const label = config.config.Labels?.["io.openshift.build.commit.id"] ?? "";
    if (config.architecture !== architecture || !label.startsWith(commit)) {
        throw new Error(
            `${repository}@${digest} is ${config.architecture} of ${label}, not ${architecture} of ${commit}`,
        );
    }
    return label;
}

async function get(repository: string, path: string) {
    const url = `https://${quay.host}/v2/${repository}/${path}`;
    const accept = types.flatMap((type) => ["-H", `Accept: ${type}`]);
    const user = ["-u", `${quay.user}:${quay.password}`, "--cacert", paths.ca];
    const { code, text } = await run([
        "curl",
        "-sSiL",
        "--fail-with-body",
        ...user,
        ...accept,
        url,
    ]);
    if (code !== 0) {
        throw new Error(`${url}: ${text}`);
    }
    const end = text.lastIndexOf("\r\n\r\n");
    return {
        body: text.slice(end + 4),
        digest: /^docker-content-digest: (\S+)/im.exec(text)?.[1] ?? "",
    };
}

/** Digest of one architecture's image in a list. */
export async function childOf(repository: string, tag: string, architecture: string) {
    const { body } = await get(repository, `manifests/${tag}`);
    const { manifests } = Manifest.parse(JSON.parse(body));
    return manifests?.find(({ platform }) => platform.architecture === architecture)?.digest ?? "";
}

/** Points a tag at a list of the same images in another order, as anybody with the account may; returns its digest. */
export async function moveTag(repository: string, tag: string): Promise<string> {
    const { body } = await get(repository, `manifests/${tag}`);
    const list = z.looseObject({ manifests: z.array(z.unknown()) }).parse(JSON.parse(body));
    const moved = JSON.stringify({ ...list, manifests: [...list.manifests].reverse() });
    const account = ["--cacert", paths.ca, "-u", `${quay.user}:${quay.password}`];
    const sent = ["-X", "PUT", "-H", `Content-Type: ${types[0] ?? ""}`, "--data-binary", "@-"];
    const { code, text } = await run(
        [
            ...["curl", "-sS", "--fail-with-body", ...account, ...sent],
            `https://${quay.host}/v2/${repository}/manifests/${tag}`,
        ],
        { input: moved },
    );
    if (code !== 0) {
        throw new Error(`moving ${repository}:${tag}: ${text}`);
    }
    return (await get(repository, `manifests/${tag}`)).digest;
}
