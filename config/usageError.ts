/** A request that cannot be followed as it is; the message says what can. */
export class UsageError extends Error {
    override readonly name = "UsageError";
}
