import type { LabelSelector, MatchExpression, Taint, Toleration } from "./objects";

type Labels = Readonly<Record<string, string>>;

/** Whether labels are what one expression asks for. */
export function matchesExpression(
    { key, operator, values = [] }: MatchExpression,
    labels: Labels,
): boolean {
    const value = labels[key];
    switch (operator) {
        case "In":
            return value !== undefined && values.includes(value);
        case "NotIn":
            return value === undefined || !values.includes(value);
        case "Exists":
            return value !== undefined;
        case "DoesNotExist":
            return value === undefined;
        case "Gt":
            return value !== undefined && Number(value) > Number(values[0]);
        case "Lt":
            return value !== undefined && Number(value) < Number(values[0]);
        default:
            return false;
    }
}

/** Whether labels are what a selector asks for; an empty one asks for nothing. */
export function matches({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
    return (
        Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
        (matchExpressions ?? []).every((expression) => matchesExpression(expression, labels))
    );
}

/** Whether a toleration is for a taint. */
export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
    if (effect !== undefined && effect !== "" && effect !== taint.effect) {
        return false;
    }
    if (key === undefined || key === "") {
        return operator === "Exists";
    }
    return key === taint.key && (operator === "Exists" || (value ?? "") === (taint.value ?? ""));
}
