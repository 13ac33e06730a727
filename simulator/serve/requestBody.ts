import type { IncomingMessage } from "node:http";

import { parse } from "yaml";

/** Bytes of a request's body at most (kube-apiserver: 3 MiB). */
const LONGEST = 3 * 1024 * 1024;

/** A body that cannot be read: what to answer. */
export class BodyProblem extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
    }
}

/** Reads a request's JSON or YAML; undefined for an empty body. Rejects with a BodyProblem. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > LONGEST) {
            throw new BodyProblem(413, `Request entity too large: limit is ${LONGEST}`);
        }
        chunks.push(chunk);
    }
    if (request.headers["content-type"]?.includes("protobuf") === true) {
        throw new BodyProblem(
            415,
            "the simulated cluster takes JSON and YAML, no protobuf: use `kubectl apply -f FILE`",
        );
    }
    const text = Buffer.concat(chunks).toString("utf8");
    if (text === "") {
        return undefined;
    }
    try {
        const isYaml = request.headers["content-type"]?.includes("yaml") ?? false;
        return isYaml ? (parse(text) as unknown) : (JSON.parse(text) as unknown);
    } catch (error) {
        throw new BodyProblem(
            400,
            `the object provided is unrecognized: ${error instanceof Error ? error.message : ""}`,
        );
    }
}
