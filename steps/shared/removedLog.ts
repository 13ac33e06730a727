// What a kubelet answers, with status 200, for a container that it has just removed (seen on Kubernetes 1.36 after a crash).
const REMOVED = "unable to retrieve container logs for ";

/** Whether the lines of a log are no program's words, but the kubelet's: the container is gone, and its log with it. */
export function isRemoved(lines: readonly string[]): boolean {
    const [first] = lines;
    return lines.length === 1 && first?.startsWith(REMOVED) === true;
}
