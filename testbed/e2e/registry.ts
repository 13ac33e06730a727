import { paths, quay } from "../sandbox/settings";
import { run } from "./run";

/** One platform of a published manifest list. */
export interface Platform {
    readonly platform: string;
    readonly digest: string;
}

/** Asks the stand-in for quay.io, verifying its certificate. */
async function get(repository: string, path: string): Promise<{ body: string; headers: string }> {
    const types = ["application/vnd.docker.distribution.manifest.list.v2+json"];
    const accept = types.flatMap((type) => ["-H", `Accept: ${type}`]);
    const user = ["-u", `${quay.user}:${quay.password}`];
    const url = `https://${quay.host}/v2/${repository.replace(`${quay.host}/`, "")}/${path}`;
    const { text } = await run([
        "curl",
        "-sS",
        "-i",
        "--cacert",
        paths.ca,
        ...accept,
        ...user,
        url,
    ]);
    const [headers = "", body = ""] = text.split("\r\n\r\n");
    return { body, headers };
}

/** The digest behind a tag; undefined when there is no such tag. */
export async function digestOf(repository: string, tag: string): Promise<string | undefined> {
    const { headers } = await get(repository, `manifests/${tag}`);
    return /^docker-content-digest: (\S+)/im.exec(headers)?.[1];
}

/** The platforms of a list. */
export async function platformsOf(repository: string, reference: string): Promise<Platform[]> {
    const { body } = await get(repository, `manifests/${reference}`);
    const list = JSON.parse(body) as {
        manifests: { digest: string; platform: { os: string; architecture: string } }[];
    };
    return list.manifests.map(({ digest, platform }) => ({
        platform: `${platform.os}/${platform.architecture}`,
        digest,
    }));
}

/** Tags of a repository, sorted. */
export async function tagsOf(repository: string): Promise<string[]> {
    const { body } = await get(repository, "tags/list");
    return ((JSON.parse(body) as { tags?: string[] }).tags ?? []).sort();
}
