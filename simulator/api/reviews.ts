import { type Access, isGranted, rulesOf } from "./access";
import { asJson, asText } from "./json";
import { noSuchResource } from "./statusError";
import type { Store } from "./store";
import type { ApiResponse, Json, User } from "./types";

type Account = Pick<User, "name" | "groups">;

/** Answers what an account asks about its own rights. Throws a StatusError of 404 for another question. */
export function review(store: Store, user: Account, plural: string, body: unknown): ApiResponse {
    const question = asJson(body);
    const spec = asJson(question["spec"]);
    switch (plural) {
        case "selfsubjectaccessreviews":
            return { status: 201, body: { ...question, status: accessStatus(store, user, spec) } };
        case "selfsubjectrulesreviews": {
            const namespace = asText(spec["namespace"]);
            const status = {
                resourceRules: rulesOf(store, user, namespace),
                nonResourceRules: [],
                incomplete: false,
            };
            return { status: 201, body: { ...question, status } };
        }
        default:
            throw noSuchResource();
    }
}

function accessStatus(store: Store, user: Account, spec: Json): Json {
    const asked = asJson(spec["resourceAttributes"]);
    const text = (key: string) => asText(asked[key]) ?? "";
    const sub = text("subresource");
    const access: Access = {
        verb: text("verb"),
        group: text("group"),
        resource: sub === "" ? text("resource") : `${text("resource")}/${sub}`,
        namespace: text("namespace") === "" ? undefined : text("namespace"),
        name: text("name") === "" ? undefined : text("name"),
    };
    return { allowed: isGranted(rulesOf(store, user, access.namespace), access) };
}
