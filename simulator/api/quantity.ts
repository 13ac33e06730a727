const SUFFIXES: Readonly<Record<string, number>> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    "": 1,
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

/** The number that a quantity stands for: `50m` is 0.05. Undefined for what is none (apimachinery, pkg/api/resource). */
export function amountOf(quantity: unknown): number | undefined {
    const [, number, suffix = ""] =
        /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(
            String(quantity),
        ) ?? [];
    const factor = SUFFIXES[suffix];
    return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** A number as a quantity, in the form of another one: `Mi` stays `Mi` where that is exact, and parts of a CPU are `m`. */
export function quantityOf(amount: number, like: string): string {
    const { suffix = "" } = /(?<suffix>[numkMGTPE]|[KMGTPE]i)?$/.exec(like)?.groups ?? {};
    const units = suffix.endsWith("i")
        ? ["Ei", "Pi", "Ti", "Gi", "Mi", "Ki", ""]
        : ["E", "P", "T", "G", "M", "k", "", "m", "u", "n"];
    for (const unit of units) {
        // Sums of parts are a little off: what is a whole number but for that is one.
        const number = Number((amount / (SUFFIXES[unit] ?? 1)).toFixed(6));
        if (Number.isInteger(number) && number !== 0) {
            return `${number}${unit}`;
        }
    }
    return amount === 0 ? "0" : String(amount);
}
