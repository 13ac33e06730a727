import { printable } from "./printable";

/** What a request asks for, in the words of the cluster's access rules. */
export interface RequestedAction {
    verb: string;
    /** With its subresource: `buildconfigs/instantiate`. */
    resource: string;
    group: string;
    namespace: string | undefined;
    name: string | undefined;
}

/** Reads the verb and the resource from a request. */
export function describeRequest(method: string, path: string): RequestedAction {
    const url = new URL(path, "https://cluster.invalid");
    const parts = url.pathname
        .split("/")
        .filter((part) => part !== "")
        .map(decodeURIComponent);
    // api/v1/… or apis/GROUP/VERSION/…
    const group = parts[0] === "apis" ? (parts[1] ?? "") : "";
    const rest = parts.slice(parts[0] === "apis" ? 3 : 2);
    const namespace = rest[0] === "namespaces" ? rest[1] : undefined;
    const [resource = "", name, subresource] = namespace === undefined ? rest : rest.slice(2);
    const verbs: Record<string, string> = { POST: "create", PATCH: "patch", PUT: "update" };
    const reading = url.searchParams.has("watch") ? "watch" : name === undefined ? "list" : "get";
    return {
        verb: verbs[method] ?? reading,
        resource: subresource === undefined ? resource : `${resource}/${subresource}`,
        group,
        namespace,
        name,
    };
}

/** The API answered, and its answer was no. */
export class ApiError extends Error {
    override readonly name = "ApiError";
    /**
     * The answer was for nobody, not for the account that asked: an aggregated API server that has just started does
     * not know yet whom to believe when it is told who asks (openshift-apiserver, restarted on the sandbox).
     */
    readonly isForNobody: boolean;

    constructor(
        readonly status: number,
        readonly reason: string,
        serverMessage: string,
        readonly action: RequestedAction,
        /** How long the server asked to wait, in milliseconds. */
        readonly retryAfter?: number,
    ) {
        super(errorText(status, reason, printable(serverMessage, 500), action));
        this.isForNobody = serverMessage.includes('User "system:anonymous"');
    }
}

/** No answer, or half of one: what was asked for may or may not have happened. */
export class ConnectionError extends Error {
    override readonly name = "ConnectionError";

    constructor(
        action: RequestedAction,
        server: string,
        problem: string,
        /** True when the request cannot have reached the server. */
        readonly neverSent: boolean,
    ) {
        super(
            `The cluster at ${server} did not answer (${actionText(action)}): ${printable(problem, 300)}`,
        );
    }
}

/** True for answers after which the same request may succeed. */
export function isTransient(error: unknown): boolean {
    return (
        error instanceof ConnectionError ||
        (error instanceof ApiError &&
            (error.status >= 500 || error.status === 429 || error.isForNobody))
    );
}

/** True when the object does not exist. */
export function isMissing(error: unknown): boolean {
    return error instanceof ApiError && error.status === 404;
}

function actionText(action: RequestedAction): string {
    const name = action.name === undefined ? "" : ` ${action.name}`;
    const where = action.namespace === undefined ? "" : ` in namespace ${action.namespace}`;
    return `${action.verb} ${action.resource}${name}${where}`;
}

function errorText(
    status: number,
    reason: string,
    serverMessage: string,
    action: RequestedAction,
): string {
    const text = `The cluster refused to ${actionText(action)} (${status} ${reason}): ${serverMessage}`;
    if (status === 401) {
        return `${text}\nNext: log in again (oc login), or name the right context.`;
    }
    if (status === 403) {
        const [resource = "", subresource] = action.resource.split("/");
        const grouped = action.group === "" ? resource : `${resource}.${action.group}`;
        const full = subresource === undefined ? grouped : `${grouped}/${subresource}`;
        const where = action.namespace === undefined ? "" : ` -n ${action.namespace}`;
        return (
            `${text}\nNext: have an administrator grant the verb "${action.verb}" on "${full}", for example ` +
            `oc create role multiarch-${action.verb}-${resource} --verb=${action.verb} --resource=${full}${where} ` +
            `and a RoleBinding of it to your account (the role "edit" includes it).`
        );
    }
    return text;
}
