/**
 * Ends the process quietly when the reader of its output goes away, as `| head` does. The exit code stays what it was by then,
 * 0 if nothing was decided: what is not read any more is not a failure.
 */
export function endOnClosedPipe(): void {
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code !== "EPIPE") {
                throw error;
            }
            process.exit();
        });
    }
}
