import { MASTERS } from "./access";
import { StatusError } from "./statusError";
import type { ApiRequest, User } from "./types";

type Account = Pick<User, "name" | "groups">;

/** The cluster's administrator, who may do everything: who asks without saying who. */
export const ADMINISTRATOR: Account = {
    name: "system:admin",
    groups: [MASTERS, "system:authenticated"],
};

/**
 * Who asks: the user whom the request names, or whose token it has. Throws a StatusError of 401 for a token that nobody has. Over
 * the network, where headers are, nobody is the administrator by saying nothing.
 */
export function accountOf(users: readonly User[], { user, headers }: ApiRequest): Account {
    if (user !== undefined) {
        return users.find(({ name }) => name === user) ?? accountNamed(user);
    }
    if (headers === undefined) {
        return ADMINISTRATOR;
    }
    const [, token] = /^Bearer (.+)$/.exec(headers["authorization"] ?? "") ?? [];
    if (token === undefined) {
        return { name: "system:anonymous", groups: ["system:unauthenticated"] };
    }
    const found = users.find((it) => it.token === token);
    if (found === undefined) {
        throw new StatusError(401, "Unauthorized", "Unauthorized");
    }
    return found;
}

/** An account without a token: a service account is of its groups. */
function accountNamed(name: string): Account {
    if (name === ADMINISTRATOR.name) {
        return ADMINISTRATOR;
    }
    const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name) ?? [];
    return {
        name,
        groups: [
            ...(namespace === undefined
                ? []
                : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`]),
            "system:authenticated",
        ],
    };
}
