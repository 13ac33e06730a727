import type { ApiResponse, Json } from "./types";

/** One thing that is wrong with an object. */
export interface Cause {
    readonly reason: string;
    readonly message: string;
    readonly field?: string;
}

/** What a refusal is about (meta/v1 StatusDetails). */
export interface Details {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly Cause[];
    readonly retryAfterSeconds?: number;
}

/** A kind of objects as refusals name it. */
export interface Named {
    readonly group: string;
    /** As in a path: `pods`. */
    readonly plural: string;
    /** As in an object: `Pod`. */
    readonly kind: string;
}

/** A request that the API refuses, with the status and the words of Kubernetes (apimachinery, pkg/api/errors). */
export class StatusError extends Error {
    override readonly name = "StatusError";

    constructor(
        readonly code: number,
        readonly reason: string,
        message: string,
        readonly details?: Details,
    ) {
        super(message);
    }
}

/** `pods` or `deployments.apps`. */
export function resourceName({ group, plural }: Named): string {
    return group === "" ? plural : `${plural}.${group}`;
}

function detailsOf({ group, plural }: Named, name: string): Details {
    return {
        ...(name !== "" && { name }),
        ...(group !== "" && { group }),
        kind: plural,
    };
}

/** There is no such object. */
export function notFound(kind: Named, name: string): StatusError {
    const message = `${resourceName(kind)} "${name}" not found`;
    return new StatusError(404, "NotFound", message, detailsOf(kind, name));
}

/** There is no such resource at all. */
export function noSuchResource(): StatusError {
    return new StatusError(404, "NotFound", "the server could not find the requested resource");
}

/** There is one of that name. */
export function alreadyExists(kind: Named, name: string): StatusError {
    const message = `${resourceName(kind)} "${name}" already exists`;
    return new StatusError(409, "AlreadyExists", message, detailsOf(kind, name));
}

/** Somebody else was faster. */
export function conflict(kind: Named, name: string, why: string): StatusError {
    const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`;
    return new StatusError(409, "Conflict", message, detailsOf(kind, name));
}

/** Why an update is refused that was made from an older version. */
export const MODIFIED =
    "the object has been modified; please apply your changes to the latest version and try again";

/** The request is not allowed, by rights or by admission. */
export function forbidden(kind: Named, name: string, why: string): StatusError {
    const subject = name === "" ? resourceName(kind) : `${resourceName(kind)} "${name}"`;
    return new StatusError(
        403,
        "Forbidden",
        `${subject} is forbidden: ${why}`,
        detailsOf(kind, name),
    );
}

/** The object is not as it must be. */
export function invalid(kind: Named, name: string, causes: readonly Cause[]): StatusError {
    const texts = causes.map(({ field, message }) =>
        field === undefined ? message : `${field}: ${message}`,
    );
    const [only = ""] = texts;
    const all = texts.length === 1 ? only : `[${texts.join(", ")}]`;
    const subject = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
    const details = { ...detailsOf(kind, name), kind: kind.kind, causes };
    return new StatusError(422, "Invalid", `${subject} "${name}" is invalid: ${all}`, details);
}

/** The request is not one. */
export function badRequest(message: string): StatusError {
    return new StatusError(400, "BadRequest", message);
}

/** The version is forgotten. */
export function expired(message: string): StatusError {
    return new StatusError(410, "Expired", message);
}

/** The resource does not take the method. */
export function notAllowed(): StatusError {
    return new StatusError(
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource",
    );
}

/** What a refusal is on the wire. */
export function statusOf({ code, reason, message, details }: StatusError): Json {
    return {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message,
        reason,
        ...(details !== undefined && { details }),
        code,
    };
}

/** The answer for an error: a refusal's own, a {@link StatusError}'s likes from elsewhere too; else 500. */
export function failure(error: unknown): ApiResponse {
    const refusal = error instanceof StatusError ? error : likeRefusal(error);
    const after = refusal.details?.retryAfterSeconds;
    return {
        status: refusal.code,
        ...(after !== undefined && { headers: { "retry-after": String(after) } }),
        body: statusOf(refusal),
    };
}

function likeRefusal(error: unknown): StatusError {
    const { code, reason, message } = Object(error) as Partial<StatusError>;
    return typeof code === "number" && typeof reason === "string"
        ? new StatusError(code, reason, message ?? "")
        : new StatusError(500, "InternalError", `Internal error occurred: ${String(error)}`);
}
