import * as pulumi from "@pulumi/pulumi";

/**
 * An error whose message is all that a person gets to see.
 *
 * Without a stack: Pulumi's runtime formats an error that has one with `util.inspect` although it shows the message
 * alone, and that took 46 s of CPU for an error thrown in an `apply` (@pulumi/pulumi 3.248, cmd/run/run.js).
 */
export function refusal(message: string): pulumi.RunError {
    const error = new pulumi.RunError(message);
    error.stack = "";
    return error;
}
