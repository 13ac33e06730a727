const OUT_OF_MEMORY =
    "It ran out of memory (OOMKilled): raise multiarch:build.resources.limits.memory, or multiarch:images[].resources.limits.memory of this image.";
// A step is a process of its own in the build's container: the kernel kills it, and OpenShift calls it a failed build.
const KILLED_STEP = /exit (?:status|code) 137|signal: killed|exited on killed|\bKilled$/;

// What to change, by the reason that OpenShift gives.
const ADVICE: Record<string, string> = {
    OutOfMemoryKilled: OUT_OF_MEMORY,
    BuildPodEvicted:
        "Its node ran out of disk or memory: request more ephemeral storage or memory for the build, or free the node.",
    DeadlineExceeded: "It took longer than allowed: raise completionDeadlineSeconds of the build.",
    FetchSourceFailed:
        "The source could not be fetched: is the commit pushed, and may the cluster read the repository (source Secret)?",
    PullBuilderImageFailed:
        "Its base image could not be pulled: check its name and the pull Secret.",
    PushImageToRegistryFailed:
        "The image could not be pushed to the internal registry: check the registry and the rights of the ServiceAccount builder.",
    ManageDockerfileFailed:
        "The Dockerfile could not be read: check its path and the context directory.",
    InvalidContextDirectory: "The context directory does not exist in this commit.",
    CannotCreateBuildPod:
        "Its pod could not be created: check quota, limits and admission in the namespace.",
    BuildPodDeleted: "Somebody deleted its pod: run pulumi up again.",
    CancelledBuild: "Somebody cancelled it: run pulumi up again to start another one.",
};

/** What to change about a Build that failed, by the reason that OpenShift gives, all that it says, and its log's end. */
export function adviceOn(
    reason: string | undefined,
    why: string,
    lines: readonly string[],
): string | undefined {
    const known = ADVICE[reason ?? ""] ?? ADVICE[/deadline/i.test(why) ? "DeadlineExceeded" : ""];
    const killed = lines.slice(-5).some((line) => KILLED_STEP.test(line));
    return (
        known ??
        (killed ? `A step was killed, most likely for memory. ${OUT_OF_MEMORY}` : undefined)
    );
}
