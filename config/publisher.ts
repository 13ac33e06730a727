import { z } from "zod";

import { choice, section, seconds, text, whole } from "./fields";
import { isRegistry, parseImageReference } from "./imageReference";
import { objectName, resourcesFrom } from "./kubernetesNames";

/**
 * Default image and SecurityContextConstraints of each tool. regctl needs no right at all; buildah
 * wants UID 0, which anyuid gives it, without any capability (tried: under restricted-v2 and nonroot-v2 it wants a
 * user namespace, which it may not have).
 */
const tools = {
    regctl: { image: "ghcr.io/regclient/regctl:v0.11.7-alpine", scc: "restricted-v2" },
    buildah: { image: "quay.io/buildah/stable:v1.42.0", scc: "anyuid" },
} as const;

/** Whether the image stays the same from one run to the next, as far as a name can tell. */
function isPinned(text: string): boolean {
    const reference = parseImageReference(text);
    const { tag, digest } = reference ?? {};
    return digest !== undefined || (tag !== undefined && tag !== "latest");
}

/** The Job that joins the images of all architectures into one manifest list and pushes it. */
export const publisher = section({
    /** Program that the Job runs. */
    tool: choice(["regctl", "buildah"]).default("regctl"),
    /** Image with that program, complete with registry; the default is a fixed version of `tool`. */
    image: text(
        'a complete image name with a tag other than "latest" or with a digest, so that it does not change by itself',
        isPinned,
    ).optional(),
    /** SecurityContextConstraints the Job runs under: for regctl restricted-v2, for buildah anyuid. */
    scc: objectName("SecurityContextConstraints").optional(),
    /** CPU and memory of the Job. */
    resources: resourcesFrom({
        requests: { cpu: "50m", memory: "64Mi" },
        limits: { cpu: "1", memory: "512Mi" },
    }),
    /** Seconds that the Job may take; the guide's `oc wait --timeout=10m`. */
    timeoutSeconds: seconds().default(600),
    /** Attempts after the first one; the `backoffLimit` of the Job that this replaces. */
    backoffLimit: whole("a number of attempts", 0).default(3),
    /** Where the cluster's own registry answers, as seen from a pod. */
    internalRegistry: text("a registry, host or host:port", isRegistry).default(
        "image-registry.openshift-image-registry.svc:5000",
    ),
})
    .transform((settings) => ({ ...settings, ...withDefaults(settings) }))
    .readonly()
    .prefault({});

/** The Job that joins the images of all architectures into one manifest list and pushes it. */
export type Publisher = z.output<typeof publisher>;

/** What depends on the tool. */
interface ToolSettings {
    /** Image with the tool, complete with registry and with a fixed tag or digest. */
    readonly image: string;
    /** SecurityContextConstraints the Job runs under. */
    readonly scc: string;
}

function withDefaults(given: Partial<ToolSettings> & { tool: keyof typeof tools }): ToolSettings {
    return {
        image: given.image ?? tools[given.tool].image,
        scc: given.scc ?? tools[given.tool].scc,
    };
}
