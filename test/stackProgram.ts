import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

import type { Outside } from "../checks/answers";
import { runFile } from "../checks/serve";
import { program } from "../index";
import {
    MANIFESTS,
    TYPES,
    built,
    commit,
    digest,
    manifests,
    published,
} from "./components/fixtures";
import { type Mocks, type Recording, record } from "./mocks";

/** What Pulumi Cloud shows on the stack's page. */
export const readme = readFileSync("docs/stackReadme.md", "utf8");

// Nobody is asked: the commits are pinned, and there is no cluster.
export const outside: Outside = (config) =>
    Promise.resolve({
        commits: new Map(
            config.images.flatMap(({ name, git }) =>
                git?.commit === undefined ? [] : [[name, git.commit]],
            ),
        ),
        lost: new Map(),
        releases: new Map(),
        account: undefined,
        runFile: runFile(config),
    });

type Values = Readonly<Record<string, unknown>>;

export const password = "hunter2";
export const token = "swordfish";
export const digests = { amd64: digest("a"), arm64: digest("b") };

/** A stack that builds one image and runs it. */
export const stack: Values = {
    namespace: { name: "shop" },
    git: { url: "https://git.example.com/shop.git", commit },
    registry: { username: "robot" },
    images: [{ name: "api", destination: "quay.io/shop/api", application: {} }],
};
export const promoted: Values = {
    namespace: { name: "shop", create: false },
    images: [
        { name: "api", destination: "quay.io/shop/api", digest: digest("d"), application: {} },
    ],
};

export const mocks = {
    state: ({ type, name }: { type: string; name: string }) => {
        if (type !== TYPES.command) {
            return {};
        }
        const result = name.endsWith("-publish")
            ? published
            : built(name.endsWith("-amd64-build") ? "a" : "b");
        return { stdout: JSON.stringify(result) };
    },
    calls: { [MANIFESTS]: () => manifests(digests) },
} satisfies Mocks;

/** Runs the program for a stack with these values and passwords. */
export function run(
    values: Values,
    passwords: Readonly<Record<string, string>> = { registryPassword: password },
    answers: Mocks = mocks,
): Promise<Recording> {
    const entries = Object.entries(values).map(([key, value]) => [
        `multiarch:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const secrets = Object.entries(passwords).map(([key, value]) => [`multiarch:${key}`, value]);
    return record(() => {
        pulumi.runtime.setAllConfig(
            Object.fromEntries([...entries, ...secrets]) as Record<string, string>,
            secrets.map(([key = ""]) => key),
        );
        return program(outside);
    }, answers);
}

/** How many resources of each type there are. */
export function countsOf({ registrations }: Recording): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const key of Object.keys(registrations)) {
        const type = key.split(" ")[0] ?? "";
        counts[type] = (counts[type] ?? 0) + 1;
    }
    return counts;
}

/** Everything that is there before a resource is registered: what it and the components around it depend on, near and far. */
export function firstsOf(registrations: Recording["registrations"], key: string): string[] {
    const found = new Set<string>();
    const add = (of: string | undefined) => {
        if (of === undefined) {
            return;
        }
        const { parent, dependencies = [] } = registrations[of] ?? {};
        for (const first of dependencies) {
            found.add(first);
            add(first);
        }
        add(parent);
    };
    add(key);
    return [...found].sort();
}

/** Paths of the text in which `text` is to be read outside of a secret. */
export function readable(value: unknown, text: string, path = ""): string[] {
    if (typeof value === "string") {
        return value.includes(text) ? [path] : [];
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, entry]) =>
        key === "secret" && Object.keys(value).length === 1
            ? []
            : readable(entry, text, `${path}/${key}`),
    );
}

export const namespace = `${TYPES.namespace} multiarch-namespace`;
export const push = `${TYPES.secret} multiarch-push`;
export const account = `${TYPES.serviceAccount} multiarch-publisher-account`;
export const role = `${TYPES.role} multiarch-publisher-puller`;
export const puller = `${TYPES.roleBinding} multiarch-publisher-puller`;
export const scc = `${TYPES.roleBinding} multiarch-publisher-scc`;
export const publisherProgram = `${TYPES.configMap} multiarch-publisher-program`;
export const stream = `${TYPES.imageStream} api-stream`;
export const [amd64, arm64] = ["amd64", "arm64"].map((architecture) => ({
    config: `${TYPES.buildConfig} api-${architecture}-config`,
    build: `${TYPES.command} api-${architecture}-build`,
})) as [{ config: string; build: string }, { config: string; build: string }];
export const job = `${TYPES.job} api-job`;
export const publish = `${TYPES.command} api-publish`;
export const deployment = `${TYPES.deployment} api-deployment`;
export const rollout = `${TYPES.command} api-rollout`;
export const service = `${TYPES.service} api-service`;
/** What everything of the image waits for. */
export const shared = [namespace, push, account, role, puller, scc, publisherProgram];
