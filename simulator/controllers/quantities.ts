import type { Pod, Quantities } from "./objects";

const SUFFIXES: Readonly<Record<string, number>> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    E: 1e18,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
    Ei: 2 ** 60,
};

/** The number that a quantity of Kubernetes stands for: `50m` is 0.05. Not a number for what is none. */
export function amount(quantity: string): number {
    const [, number = "", suffix = ""] =
        /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(quantity) ?? [];
    return number === "" ? NaN : Number(number) * (suffix === "" ? 1 : (SUFFIXES[suffix] ?? NaN));
}

/** What a pod asks a node for of one resource: its containers together, or its most demanding init container. */
export function requested({ spec }: Pod, resource: string): number {
    const of = (requests: Quantities | undefined) => amount(requests?.[resource] ?? "0");
    const together = spec.containers.reduce((sum, it) => sum + of(it.resources?.requests), 0);
    const init = (spec.initContainers ?? []).map((it) => of(it.resources?.requests));
    return Math.max(together, ...init);
}
