import { Api } from "../../../simulator/api/api";
import type { ApiObject, User } from "../../../simulator/api/types";
import { VirtualClock } from "../../../simulator/clock";

/** When the tests' clusters begin. */
export const BEGIN = Date.UTC(2026, 10, 26);

/** What the API answers, as tests look at it. */
export interface Answer {
    readonly status: number;
    readonly body: ApiObject & {
        readonly items: readonly ApiObject[];
        readonly message: string;
        readonly reason: string;
        readonly details: Record<string, unknown>;
    };
}

/** A new API with a namespace `shop` and its account. */
export async function start(users: readonly User[] = []) {
    const clock = new VirtualClock(BEGIN);
    const api = new Api({ clock, seed: "test", users });
    const ask = async (
        method: string,
        path: string,
        body?: unknown,
        more: { user?: string; headers?: Record<string, string> } = {},
    ): Promise<Answer> => {
        const answer = await api.handle({ method, path, body, ...more });
        return { status: answer.status, body: answer.body as Answer["body"] };
    };
    await ask("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
    await ask("POST", `${SHOP}/serviceaccounts`, { metadata: { name: "default" } });
    return { api, clock, ask };
}

export const SHOP = "/api/v1/namespaces/shop";
export const PODS = `${SHOP}/pods`;
export const MAPS = `${SHOP}/configmaps`;
export const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";
export const JOBS = "/apis/batch/v1/namespaces/shop/jobs";

/** A pod with one container. */
export function pod(name: string, more: object = {}, spec: object = {}) {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, ...more },
        spec: { containers: [{ name: "web", image: "quay.io/shop/web:1" }], ...spec },
    };
}

/** A ConfigMap. */
export function map(name: string, data: Record<string, string> = {}, more: object = {}) {
    return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...more }, data };
}

/** A Deployment of one container. */
export function deployment(name: string, image = "quay.io/shop/web:1") {
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name },
        spec: {
            selector: { matchLabels: { app: name } },
            template: {
                metadata: { labels: { app: name } },
                spec: { containers: [{ name: "web", image }] },
            },
        },
    };
}

/** Names of objects, in their order. */
export function names(objects: readonly ApiObject[]): string[] {
    return objects.map(({ metadata }) => metadata.name);
}
