import type { Cluster } from "../../cluster/cluster";
import { formatImageReference, parseImageReference } from "../../config/imageReference";
import type { PromoteRequest } from "./arguments";
import type { End } from "../../registry/copyWithRegctl";
import { endOf } from "./credentials";
import { earlierDigests } from "./gitHistory";
import { requireHealthy } from "./health";
import { type ImageOutputs, imageIn, imageNames, sourceImage } from "./outputs";
import type { PulumiCli } from "./pulumiCli";
import { refuse } from "../../config/promotionRefusal";
import type { StackFile, StackImage } from "./stackFile";
import { type VerifiedList, verifyList } from "../../registry/verifyList";

/** What a promotion does to one image of the target. */
export interface Change {
    readonly image: StackImage;
    /** The digest that the target gets. */
    readonly digest: string;
    readonly list: VerifiedList;
    /** Where it has to be copied from first. */
    readonly copyFrom?: End;
    /** Pods that run it in the source; a roll back asks nobody. */
    readonly pods?: number;
}

/** What a promotion asks. */
export interface Sources {
    readonly cli: PulumiCli;
    readonly target: StackFile;
    /** Outputs of the target's last update. */
    readonly targetOutputs: unknown;
    /** The source, unless it is a roll back. */
    readonly source?: { readonly file: StackFile; readonly outputs: unknown };
    /** The cluster of a stack. */
    readonly cluster: (file: StackFile) => Cluster;
}

/** The images that are meant: those that are named, or else all that target and source have. */
export function imagesOf(request: PromoteRequest, { target, source }: Sources): StackImage[] {
    const known = target.images.map(({ name }) => name);
    for (const name of request.images) {
        if (!known.includes(name)) {
            throw refuse({
                key: `--image ${name}`,
                is: `${target.shown} does not have it`,
                accepted: known.join(", "),
                next: `add it to multiarch:images in ${target.shown}, with destination and application`,
            });
        }
    }
    const inSource = source && imageNames(source.outputs);
    const images = target.images.filter(({ name }) =>
        request.images.length > 0
            ? request.images.includes(name)
            : inSource === undefined || inSource.includes(name),
    );
    if (images.length === 0) {
        throw refuse({
            key: "--from",
            is: `stack ${source?.file.stack ?? ""} has run no image of ${target.shown}`,
            accepted: `a stack that has run ${known.join(", ")}`,
            next: `pulumi stack output --stack ${source?.file.stack ?? ""}`,
        });
    }
    return images;
}

/** Checks one image in every way, and says what would be done; refuses otherwise. */
export async function changeOf(
    image: StackImage,
    request: PromoteRequest,
    sources: Sources,
): Promise<Change> {
    const { target, targetOutputs, source } = sources;
    if (imageIn(targetOutputs, image.name)?.builtFrom !== undefined) {
        throw refuse({
            key: `--to ${target.stack}`,
            is: `it builds ${image.name} itself`,
            accepted: "a stack that only deploys it",
            next: "npm run promote -- --help",
        });
    }
    if (source === undefined) {
        const [previous] = await earlierDigests(target.path, image.name);
        if (previous === undefined) {
            throw refuse({
                key: "--to-previous",
                is: `the history of ${target.shown} has no other digest of ${image.name}`,
                accepted: "an image that has been promoted there at least twice",
                next: `git log -p -- ${target.shown}`,
            });
        }
        return rollBack(image, previous, sources);
    }
    const published = sourceImage(source.outputs, source.file.stack, image.name);
    const digest = request.digest ?? published.digest;
    if (digest === published.digest) {
        return forward(image, published, sources, source.file);
    }
    const earlier = await earlierDigests(target.path, image.name);
    if (!earlier.includes(digest)) {
        throw refuse({
            key: `--digest ${digest}`,
            is: `neither what ${source.file.stack} runs, nor in the history of ${target.shown}`,
            accepted: [published.digest, ...earlier].join(" or "),
            next: `pulumi stack output images --stack ${source.file.stack}`,
        });
    }
    return rollBack(image, digest, sources);
}

/** No cluster is asked: the digest has run in the target before, and the source has moved on since. */
async function rollBack(image: StackImage, digest: string, sources: Sources): Promise<Change> {
    const { repository } = await endOf(sources.target, image.destination, sources.cli);
    const { architectures } = image;
    const list = await verifyList(repository, { digest, architectures, commit: undefined });
    return { image, digest, list };
}

async function forward(
    image: StackImage,
    published: ImageOutputs,
    sources: Sources,
    file: StackFile,
): Promise<Change> {
    const { digest, reference, commit } = published;
    if (published.service === undefined) {
        throw refuse({
            key: `--image ${image.name}`,
            is: `stack ${file.stack} builds it, and does not run it`,
            accepted: "an image with an application in both stacks",
            next: `add application to it in ${file.shown}, then: pulumi up --stack ${file.stack}`,
        });
    }
    const { namespace, stack } = file;
    const wanted = { stack, namespace, name: published.service, reference };
    const pods = await requireHealthy(sources.cluster(file), wanted);
    const place = parseImageReference(reference) ?? image.destination;
    const same = formatImageReference({ ...place, digest: undefined }) === image.repository;
    const end = await endOf(same ? sources.target : file, place, sources.cli);
    const { architectures } = image;
    const list = await verifyList(end.repository, { digest, architectures, commit });
    return { image, digest, list, pods, ...(!same && { copyFrom: end }) };
}
