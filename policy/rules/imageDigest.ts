import { type Rule, violation } from "../rule";
import { shown, UNKNOWN } from "../values";
import { isPublisherJob, podOf } from "../workloads";

interface Config {
    /** Whether the publisher Job may name its tool's image by a fixed version. */
    readonly toolImageByVersion?: boolean;
}

/** Images are named by digest, so that what runs is what was verified. */
export const imageDigest: Rule<Config> = {
    name: "image-digest",
    description: "Containers run images by digest.",
    level: "mandatory",
    settings: {
        toolImageByVersion: {
            type: "boolean",
            default: true,
            description: "Whether the publisher Job may name its tool's image by a fixed version.",
        },
    },
    check: (resource, { toolImageByVersion = true }) =>
        (podOf(resource)?.containers ?? []).flatMap(({ path, spec }) => {
            const { image } = spec;
            const isTool = isPublisherJob(resource) && spec["name"] === "publisher";
            const byVersion = isTool && toolImageByVersion;
            if (image === UNKNOWN || isDigest(image) || (byVersion && isVersion(image))) {
                return [];
            }
            return violation({
                wrong: `${path}.image is ${shown(image)}, which is not a digest`,
                accepted: byVersion
                    ? "repository@sha256:<64 hex digits>, or a fixed version such as repository:v1.2.3 for this tool"
                    : "repository@sha256:<64 hex digits>",
                fix: isTool
                    ? "set image in multiarch:publisher"
                    : "pass the digest that the registry has, as MultiArchImage and PromotedImage return it",
            });
        }),
};

function isDigest(image: unknown): boolean {
    return typeof image === "string" && /^[^@\s]+@sha256:[0-9a-f]{64}$/.test(image);
}

function isVersion(image: unknown): boolean {
    return typeof image === "string" && /^[^@\s]+:v?\d+\.\d+[\w.-]*$/.test(image);
}
