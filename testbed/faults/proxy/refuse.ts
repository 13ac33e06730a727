import type { ServerResponse } from "node:http";

/** Answers with an error as the registry protocol has it. */
export function refuse(
    response: ServerResponse,
    status: number,
    code: string,
    message: string,
): void {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
}
