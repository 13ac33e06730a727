import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { paths } from "../sandbox/settings";
import { run, succeeded } from "./run";

/** The Roles that docs/permissions.md tells people to apply. */
export type DocumentedRole = "previewer" | "deployer";

/** File of a documented Role. */
export function roleFile(role: DocumentedRole): string {
    return join(paths.repository, `docs/permissions/${role}.yaml`);
}

const Role = z.object({
    rules: z.array(
        z.object({
            apiGroups: z.array(z.string()),
            resources: z.array(z.string()),
            verbs: z.array(z.string()),
        }),
    ),
});

/** What a documented Role grants, each as `create jobs.batch`, sorted. */
export function rightsOf(role: DocumentedRole): string[] {
    const { rules } = Role.parse(parse(readFileSync(roleFile(role), "utf8")));
    const rights = rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
            resources.flatMap((full) => {
                const [resource = "", sub] = full.split("/");
                const kind = `${resource}${group === "" ? "" : `.${group}`}${sub === undefined ? "" : `/${sub}`}`;
                return verbs.map((verb) => `${verb} ${kind}`);
            }),
        ),
    );
    return [...new Set(rights)].sort();
}

/** Makes a ServiceAccount and returns a kubeconfig of it in the folder; it has no right but what {@link grant} gives. */
export async function makeAccount(
    namespace: string,
    account: string,
    folder: string,
    server?: string,
): Promise<string> {
    const oc = async (...args: string[]) => succeeded(await run(["oc", "-n", namespace, ...args]));
    await oc("create", "serviceaccount", account);
    const token = (await oc("create", "token", account, "--duration=1h")).trim();
    const admin = JSON.parse(
        await oc("config", "view", "--minify", "--flatten", "--raw", "-o", "json"),
    ) as {
        clusters: { cluster: object }[];
        contexts: { context: object }[];
    };
    const file = join(folder, `${account}.kubeconfig`);
    const contexts = admin.contexts.map((it) => ({
        ...it,
        context: { ...it.context, user: account },
    }));
    const clusters = admin.clusters.map((it) => ({
        ...it,
        cluster: { ...it.cluster, ...(server !== undefined && { server }) },
    }));
    const users = [{ name: account, user: { token } }];
    writeFileSync(file, JSON.stringify({ ...admin, clusters, contexts, users }), { mode: 0o600 });
    return file;
}

/** Applies documented Roles to the namespace, from the very files, and binds an account to them. */
export async function grant(
    namespace: string,
    account: string,
    ...roles: DocumentedRole[]
): Promise<void> {
    for (const role of roles) {
        const subject = `--serviceaccount=${namespace}:${account}`;
        const binding = ["create", "rolebinding", `${account}-${role}`, `--role=multiarch-${role}`];
        succeeded(await run(["oc", "-n", namespace, "apply", "-f", roleFile(role)]));
        succeeded(await run(["oc", "-n", namespace, ...binding, subject]));
    }
}
