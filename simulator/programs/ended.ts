/** Why a step ended a container: its last words, and its exit code. */
export class Ended extends Error {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

/** An error's words. */
export function wordsOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
