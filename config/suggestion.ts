/** Other names of what a setting takes, as `uname -m` and other tools write them. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
    ["x86_64", "amd64"],
    ["x86-64", "amd64"],
    ["x64", "amd64"],
    ["aarch64", "arm64"],
    ["arm64v8", "arm64"],
    ["powerpc64le", "ppc64le"],
    ["power", "ppc64le"],
    ["z", "s390x"],
]);

/** Which of `known` was meant by `word`: another name of it, or at most two letters that differ; undefined if none. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
    const lower = word.toLowerCase();
    const other = OTHER_NAMES.get(lower);
    if (other !== undefined && known.includes(other)) {
        return other;
    }
    const most = word.length <= 3 ? 1 : 2;
    const [best] = known
        .map((name) => ({ name, distance: distanceOf(lower, name.toLowerCase()) }))
        .filter(({ name, distance }) => distance <= most && name !== word)
        .sort((a, b) => a.distance - b.distance);
    return best?.name;
}

/** Letters to add, take away, change or swap with their neighbour (optimal string alignment). */
function distanceOf(one: string, two: string): number {
    // Longer ones differ by more than anything that is suggested.
    if (Math.abs(one.length - two.length) > 2) {
        return Infinity;
    }
    const rows: number[][] = [Array.from({ length: two.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= one.length; i++) {
        const row = [i];
        for (let j = 1; j <= two.length; j++) {
            const same = one[i - 1] === two[j - 1];
            const swapped =
                i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1];
            row[j] = Math.min(
                (rows[i - 1]?.[j] ?? Infinity) + 1,
                (row[j - 1] ?? Infinity) + 1,
                (rows[i - 1]?.[j - 1] ?? Infinity) + (same ? 0 : 1),
                swapped ? (rows[i - 2]?.[j - 2] ?? Infinity) + 1 : Infinity,
            );
        }
        rows.push(row);
    }
    return rows[one.length]?.[two.length] ?? Infinity;
}
