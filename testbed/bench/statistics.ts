/** What a row of numbers looks like. */
export interface Spread {
    readonly count: number;
    readonly median: number;
    readonly min: number;
    readonly max: number;
    /** A quarter of the numbers is below, and a quarter above. */
    readonly quartiles: readonly [number, number];
}

/** Describes numbers, of which there must be one at least. */
export function spreadOf(numbers: readonly number[]): Spread {
    const sorted = [...numbers].sort((one, other) => one - other);
    if (sorted.length === 0) {
        throw new Error("there is nothing to describe: no number was measured");
    }
    return {
        count: sorted.length,
        median: quantile(sorted, 0.5),
        min: quantile(sorted, 0),
        max: quantile(sorted, 1),
        quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    };
}

/** The middle of numbers. */
export function medianOf(numbers: readonly number[]): number {
    return spreadOf(numbers).median;
}

/** Between two numbers, in proportion (R's type 7). */
function quantile(sorted: readonly number[], at: number): number {
    const place = (sorted.length - 1) * at;
    const below = sorted[Math.floor(place)] ?? 0;
    const above = sorted[Math.ceil(place)] ?? 0;
    return below + (above - below) * (place - Math.floor(place));
}
