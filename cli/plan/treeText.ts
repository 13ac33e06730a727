import { Order } from "./order";
import { type Recording, spell } from "./recording";

/** The components and what they are made of, one line each. */
export function treeText(recording: Recording): string {
    const steps = [...recording.resources, ...recording.questions];
    const below = (parent: string | undefined, indent: string): string[] => {
        const children = steps.filter((step) => step.parent === parent);
        return children.flatMap(({ key }, index) => {
            const last = index === children.length - 1;
            return [
                `${indent}${last ? "└─" : "├─"} ${key}`,
                ...below(key, `${indent}${last ? "   " : "│  "}`),
            ];
        });
    };
    const root = `${recording.project}-${recording.stack}`;
    return spell([root, ...below(undefined, "")].join("\n"), recording.standIns);
}

/** What waits for what, where it is more than the namespace. */
export function orderText(recording: Recording): string {
    const order = new Order(recording);
    const namespaces = recording.resources
        .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
        .map(({ key }) => key);
    const steps = [...recording.resources, ...recording.questions];
    const lines = steps
        .filter((step) => !("role" in step) || step.role !== "component")
        .map(({ key }) => ({ key, waits: order.waits(key) }))
        .filter(({ waits }) => waits.some((first) => !namespaces.includes(first)))
        .sort((a, b) => order.depth(a.key) - order.depth(b.key))
        .map(({ key, waits }) => `${key}\n  waits for: ${waits.join(", ")}`);
    const rest = ["nothing", ...namespaces].join(" or ");
    return spell([...lines, `All else waits for ${rest}.`].join("\n"), recording.standIns);
}
