import type { RecordedQuestion, RecordedResource, Recording } from "./recording";

type Step = RecordedResource | RecordedQuestion;

/** What waits for what in a recording, by the keys of resources and questions. */
export class Order {
    private readonly steps: ReadonlyMap<string, Step>;
    /** Questions that each step waits for. */
    private readonly questions = new Map<string, string[]>();
    private readonly closures = new Map<string, ReadonlySet<string>>();
    private readonly firsts = new Map<string, readonly string[]>();
    private readonly depths = new Map<string, number>();

    constructor({ resources, questions }: Pick<Recording, "resources" | "questions">) {
        this.steps = new Map([...resources, ...questions].map((step) => [step.key, step]));
        for (const { key, awaitedBy } of questions) {
            for (const step of awaitedBy) {
                this.questions.set(step, [...(this.questions.get(step) ?? []), key]);
            }
        }
    }

    /** What must be there first, leaving out what one of the others waits for anyway; sorted. */
    waits(key: string): string[] {
        const waits = this.direct(key);
        return waits.filter((one) => !waits.some((other) => this.all(other).has(one))).sort();
    }

    /** Everything that must be there first, near and far. */
    all(key: string): ReadonlySet<string> {
        const known = this.closures.get(key);
        if (known !== undefined) {
            return known;
        }
        // In place before it is filled: a circle would be the program's fault, and is not for ever.
        const closure = new Set<string>();
        this.closures.set(key, closure);
        for (const first of this.direct(key)) {
            closure.add(first);
            this.all(first).forEach((far) => closure.add(far));
        }
        return closure;
    }

    /** Length of the longest chain of things that must be there first. */
    depth(key: string): number {
        const known = this.depths.get(key);
        if (known !== undefined) {
            return known;
        }
        const depth = Math.max(0, ...this.direct(key).map((first) => this.depth(first) + 1));
        this.depths.set(key, depth);
        return depth;
    }

    /** What a component waits for, its parts wait for: they are registered after it. */
    private direct(key: string): readonly string[] {
        const found = this.firsts.get(key) ?? this.directly(key);
        this.firsts.set(key, found);
        return found;
    }

    private directly(key: string): readonly string[] {
        const step = this.steps.get(key);
        if (step === undefined) {
            return [];
        }
        const inherited = step.parent === undefined ? [] : this.direct(step.parent);
        const all = [...step.dependencies, ...(this.questions.get(key) ?? []), ...inherited];
        return [...new Set(all)].filter((first) => first !== key);
    }
}

/**
 * The recording in the order of its steps: what waits for less comes first, a component is where its last part is, and
 * names decide the rest. How the SDK's promises settled decides nothing.
 */
export function inOrder(recording: Recording): Recording {
    const order = new Order(recording);
    const steps: readonly Step[] = [...recording.resources, ...recording.questions];
    const places = new Map<string, number>();
    const partsOf = new Map<string, Step[]>();
    for (const step of steps) {
        if (step.parent !== undefined) {
            partsOf.set(step.parent, [...(partsOf.get(step.parent) ?? []), step]);
        }
    }
    const place = (key: string): number => {
        const known = places.get(key);
        if (known !== undefined) {
            return known;
        }
        const parts = partsOf.get(key) ?? [];
        const found = Math.max(order.depth(key), ...parts.map((part) => place(part.key)));
        places.set(key, found);
        return found;
    };
    const sorted = <T extends Step>(list: readonly T[]) =>
        [...list].sort((a, b) => place(a.key) - place(b.key) || (a.key < b.key ? -1 : 1));
    return {
        ...recording,
        resources: sorted(recording.resources),
        questions: sorted(recording.questions),
    };
}
