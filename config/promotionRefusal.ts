import * as pulumi from "@pulumi/pulumi";

/** Why a promotion is refused: which setting or fact, what it is, what would do, and what to run next. */
export interface Refusal {
    /** The flag, setting or object, e.g. `--image`. */
    readonly key: string;
    /** What is wrong with it, e.g. `"api" is not an image of stack dev`. */
    readonly is: string;
    /** What would be accepted. */
    readonly accepted: string;
    /** A command that leads on. */
    readonly next: string;
}

/** The error that ends a promotion before anything is written. */
export function refuse({ key, is, accepted, next }: Refusal): pulumi.RunError {
    return new pulumi.RunError(
        [
            "Nothing was promoted, nothing was written.",
            `  ${key}: ${is}: expected ${accepted}`,
            "Next:",
            `  ${next}`,
        ].join("\n"),
    );
}

/** What somebody's error says, for the end of a refusal's line. */
export function reasonOf(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    return cause === "" ? text : `${text} (${cause})`;
}
