import { Order } from "./order";
import type { Recording } from "./recording";

/** What is drawn as one: a step, or steps of one kind beside each other. */
export interface Group {
    readonly kind: string;
    /** Keys of the steps in it. */
    readonly keys: readonly string[];
    readonly children: readonly Group[];
}

/**
 * The tree of a recording with siblings drawn as one where none waits for another and all are made of the same kinds,
 * as the builds of the architectures are. Providers are left out: all else has one.
 */
export function mergedTree(recording: Recording): Group[] {
    const order = new Order(recording);
    const steps = [
        ...recording.resources.filter(({ role }) => role !== "provider"),
        ...recording.questions,
    ];
    const below = (parent: string | undefined): Group[] => {
        const groups: Group[] = [];
        for (const { key } of steps.filter((step) => step.parent === parent)) {
            const group = { kind: key.split(" ")[0] ?? "", keys: [key], children: below(key) };
            const index = groups.findIndex(
                (one) => isAlike(one, group) && !isLinked(one, group, order),
            );
            const known = groups[index];
            if (known === undefined) {
                groups.push(group);
            } else {
                groups[index] = merge(known, group);
            }
        }
        return groups;
    };
    return below(undefined);
}

/** `api-{amd64,arm64}-build` for names that differ in one part. */
export function sharedName(names: readonly string[]): string {
    const parts = names.map((name) => name.split("-"));
    const [first = [], ...others] = parts;
    const shortest = Math.min(...parts.map(({ length }) => length));
    const agree = (at: number) => others.every((other) => other.at(at) === first.at(at));
    let before = 0;
    while (before < shortest && agree(before)) {
        before += 1;
    }
    let after = 0;
    while (before + after < shortest && agree(-1 - after)) {
        after += 1;
    }
    const middles = parts.map((part) => part.slice(before, part.length - after).join("-"));
    const distinct = [...new Set(middles)];
    const middle = distinct.length === 1 ? distinct : [`{${distinct.join(",")}}`];
    const end = after === 0 ? [] : first.slice(-after);
    return [...first.slice(0, before), ...middle, ...end].filter((part) => part !== "").join("-");
}

/** Every key in a group and below it. */
export function keysIn(group: Group): string[] {
    return [...group.keys, ...group.children.flatMap(keysIn)];
}

function merge(one: Group, other: Group): Group {
    const theirs = byShape(other.children);
    const children = byShape(one.children).map((child, index) => {
        const twin = theirs[index];
        return twin === undefined ? child : merge(child, twin);
    });
    const ordered = one.children.map((child) =>
        children.find((it) => it.keys[0] === child.keys[0]),
    );
    return {
        kind: one.kind,
        keys: [...one.keys, ...other.keys],
        children: ordered.filter((child) => child !== undefined),
    };
}

function isAlike(one: Group, other: Group): boolean {
    return shape(one) === shape(other);
}

function isLinked(one: Group, other: Group, order: Order): boolean {
    const [ours, theirs] = [keysIn(one), keysIn(other)];
    const needs = (from: string[], to: string[]) =>
        from.some((key) => to.some((first) => order.all(key).has(first)));
    return needs(ours, theirs) || needs(theirs, ours);
}

function shape({ kind, children }: Group): string {
    return `${kind}(${byShape(children).map(shape).join()})`;
}

function byShape(groups: readonly Group[]): Group[] {
    return [...groups].sort((a, b) => (shape(a) < shape(b) ? -1 : shape(a) > shape(b) ? 1 : 0));
}
