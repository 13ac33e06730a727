/** Powers that the suffix of a Kubernetes quantity stands for (k8s.io/apimachinery, pkg/api/resource, Quantity). */
const suffixes = new Map([
    ["m", 1e-3],
    ["", 1],
    ["k", 1e3],
    ["M", 1e6],
    ["G", 1e9],
    ["T", 1e12],
    ["Ki", 2 ** 10],
    ["Mi", 2 ** 20],
    ["Gi", 2 ** 30],
    ["Ti", 2 ** 40],
]);

/** The amount in CPUs or bytes that a Kubernetes quantity such as `500m` or `128Mi` stands for; undefined if it is none. */
export function parseQuantity(text: string): number | undefined {
    const match = /^([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)$/.exec(text);
    const factor = suffixes.get(match?.[2] ?? "none");
    return factor === undefined ? undefined : Number(match?.[1]) * factor;
}
