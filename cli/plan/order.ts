import type { RecordedQuestion, RecordedResource, Recording } from "./recording";

type Step = RecordedResource | RecordedQuestion;

/** What waits for what in a recording, by the keys of resources and questions. */
export class Order {
    private readonly steps: ReadonlyMap<string, Step>;
    private readonly questions: Recording["questions"];
    private readonly closures = new Map<string, ReadonlySet<string>>();

    constructor({ resources, questions }: Pick<Recording, "resources" | "questions">) {
        this.steps = new Map([...resources, ...questions].map((step) => [step.key, step]));
        this.questions = questions;
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
        return Math.max(0, ...this.direct(key).map((first) => this.depth(first) + 1));
    }

    /** What a component waits for, its parts wait for: they are registered after it. */
    private direct(key: string): string[] {
        const step = this.steps.get(key);
        if (step === undefined) {
            return [];
        }
        const answers = this.questions.filter(({ awaitedBy }) => awaitedBy.includes(key));
        const inherited = step.parent === undefined ? [] : this.direct(step.parent);
        const all = [
            ...step.dependencies,
            ...answers.map((question) => question.key),
            ...inherited,
        ];
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
    const place = (key: string): number => {
        const parts = steps.filter(({ parent }) => parent === key);
        const found =
            places.get(key) ?? Math.max(order.depth(key), ...parts.map((part) => place(part.key)));
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
