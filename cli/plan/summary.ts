import type { RecordedQuestion, RecordedResource, Recording } from "./recording";

/** What a plan does not ask, and an update does before it changes anything. */
const UNCHECKED = [
    "the Git server: whether the ref and the Dockerfiles are there",
    "the cluster: namespace, nodes of each architecture, Secrets, rights and quotas",
    "the registry: whether the account may push, and whether base images are there",
] as const;

/** What a plan comes to, in words and as data. */
export interface PlanSummary {
    /** Each image: the architectures that are built, none for one that is deployed by digest, and its repository. */
    readonly images: readonly {
        readonly name: string;
        readonly architectures: readonly string[];
        readonly repository: string | undefined;
    }[];
    readonly builds: number;
    /** Kubernetes objects. */
    readonly objects: number;
    /** What nobody was asked about. */
    readonly unchecked: readonly string[];
}

/** Counts what a recording declares. */
export function summaryOf({ resources, questions }: Recording): PlanSummary {
    const steps = new Map([...resources, ...questions].map((step) => [step.key, step]));
    const isOf = (key: string) => (step: RecordedResource | RecordedQuestion) => {
        let parent = step.parent;
        while (parent !== undefined && parent !== key) {
            parent = steps.get(parent)?.parent;
        }
        return parent === key;
    };
    const builds = resources.filter(({ type }) => type === "multiarch:index:ImageBuild");
    const images = resources
        .filter(({ type }) => /^multiarch:index:(?:MultiArchImage|PromotedImage)$/.test(type))
        .map(({ key, name }) => ({
            name,
            architectures: builds
                .filter(isOf(key))
                .map((build) => build.name.slice(name.length + 1))
                .sort(),
            repository: questions.find(isOf(key))?.key.split(" ")[1],
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
        images,
        builds: builds.length,
        objects: resources.filter(({ role }) => role === "object").length,
        unchecked: UNCHECKED,
    };
}

/** The summary as sentences, one line each. */
export function summaryText({ images, builds, objects, unchecked }: PlanSummary): string {
    const place = (repository: string | undefined) => repository ?? "a repository not known yet";
    return [
        ...images.map(({ name, architectures, repository }) =>
            architectures.length === 0
                ? `Image ${name} is not built: its digest of ${place(repository)} is deployed.`
                : `Image ${name} is built for ${architectures.join(", ")}, and published as one manifest list to ${place(repository)}.`,
        ),
        `At most ${builds === 1 ? "1 build runs" : `${builds} builds run`}; one that is finished already is adopted.`,
        `${objects === 1 ? "1 Kubernetes object is" : `${objects} Kubernetes objects are`} declared.`,
        "Not checked here:",
        ...unchecked.map((one) => `  ${one}`),
        "",
    ].join("\n");
}
