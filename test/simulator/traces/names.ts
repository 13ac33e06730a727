import { part } from "./facts";

// What only one run says, and what stands for it.
const RANDOM: readonly (readonly [RegExp, string])[] = [
    [/sha256:[0-9a-f]{64}/g, "sha256:DIGEST"],
    [/\b[0-9a-f]{40}\b/g, "COMMIT"],
    [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "UID"],
    [/\b[0-9a-f]{12}-[0-9a-f]{8}\b/g, "TAG"],
    [/sandbox\.test\/openshift\//g, "openshift/"],
    [/\b\d+\.\d+\.\d+\.\d+\b/g, "ADDRESS"],
    [/\bin [\d.]+m?s \([\d.]+m?s including waiting\)\. Image size: \d+ bytes/g, "in TIME"],
    [/(localhost|quay\.io|sandbox\.test|ADDRESS):\d{4,5}\b/g, "$1"],
    [/\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "TIME"],
    [/"seconds":[\d.]+/g, '"seconds":N'],
    [/\b[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /g, "TIME "],
    [/\b[0-9a-f]{12}-(amd64|arm64)-[0-9a-f]{8}\b/g, "TAG-$1"],
    [/(dockercfg|token|kube-api-access)-[a-z0-9]{5}\b/g, "$1-RANDOM"],
];

/**
 * Gives what is random in a run a name that runs have in common: namespaces, builds by their order, the ends of generated
 * names, templates' hashes, digests, addresses and durations.
 */
export class Names {
    private readonly replaced = new Map<string, string>();
    private readonly counts = new Map<string, number>();

    /** Learns the random parts of an object's name. */
    learn(kind: string, object: unknown): void {
        const { name, namespace, generateName, labels, uid } = part(object, "metadata");
        if (typeof namespace === "string") {
            this.replaced.set(namespace, "NAMESPACE");
        }
        if (typeof uid === "string") {
            this.replaced.set(uid, "UID");
        }
        const hash = part(labels)["pod-template-hash"];
        if (typeof hash === "string") {
            this.once(hash, "SET");
        }
        if (kind === "builds" && typeof name === "string") {
            this.once(name, name.replace(/\d+$/, "B"));
        }
        if (kind === "pods" && typeof name === "string" && typeof generateName === "string") {
            this.once(name, this.plain(generateName));
        }
    }

    /** Forgets the numbers, for a new chapter. */
    forget(): void {
        this.replaced.clear();
        this.counts.clear();
    }

    /** A text without what only this run says. */
    plain(text: string): string {
        let result = text;
        const longestFirst = [...this.replaced].sort(([a], [b]) => b.length - a.length);
        for (const [from, to] of longestFirst) {
            if (result.includes(from)) {
                result = result.replaceAll(new RegExp(`${from}(?![0-9a-z])`, "g"), to);
            }
        }
        for (const [random, standIn] of RANDOM) {
            result = result.replaceAll(random, standIn);
        }
        return result;
    }

    private once(name: string, kind: string): void {
        if (!this.replaced.has(name)) {
            const count = (this.counts.get(kind) ?? 0) + 1;
            this.counts.set(kind, count);
            this.replaced.set(name, `${kind}${count}`);
        }
    }
}
