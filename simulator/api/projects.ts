import { asText, at } from "./json";
import { knownKind } from "./kinds";
import { list } from "./listing";
import type { Objects, Write } from "./objects";
import { deletionAnswer } from "./podActions";
import type { RequestPath } from "./requestPath";
import { noSuchResource, notAllowed } from "./statusError";
import type { Store } from "./store";
import type { ApiObject, ApiResponse, Json } from "./types";

const VERSION = "project.openshift.io/v1";

/** Answers for OpenShift's projects: namespaces under another name. A project that is missing is missed as a namespace. */
export function projects(
    store: Store,
    objects: Objects,
    { method, path, write, body }: ProjectRequest,
): ApiResponse {
    const namespaces = knownKind("", "namespaces");
    if (path.plural === "projectrequests" && method === "POST") {
        const name = asText(at(body, "metadata", "name"));
        const created = objects.create(
            { ...write, kind: namespaces, namespace: undefined },
            { metadata: { name, annotations: asNamed(body) } },
        );
        return { status: 201, body: projectOf(created) };
    }
    if (path.plural !== "projects") {
        throw noSuchResource();
    }
    if (method === "DELETE" && path.name !== undefined) {
        const to = { ...write, kind: namespaces, name: path.name };
        return deletionAnswer(to, objects.delete(to, {}), {});
    }
    if (method !== "GET") {
        throw notAllowed();
    }
    if (path.name !== undefined) {
        return { status: 200, body: projectOf(objects.need(namespaces, undefined, path.name)) };
    }
    const all = list(store, namespaces, path);
    return { status: 200, body: { ...all, kind: "ProjectList", apiVersion: VERSION } };
}

/** What is asked for of projects. */
export interface ProjectRequest {
    readonly method: string;
    readonly path: RequestPath;
    readonly write: Write;
    readonly body: unknown;
}

function projectOf(namespace: ApiObject): Json {
    return { ...namespace, kind: "Project", apiVersion: VERSION };
}

function asNamed(body: unknown): Json {
    const [shown, described] = [asText(at(body, "displayName")), asText(at(body, "description"))];
    return {
        ...(shown !== undefined && { "openshift.io/display-name": shown }),
        ...(described !== undefined && { "openshift.io/description": described }),
    };
}
