import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Finished, run, succeeded } from "./run";
import { StackSet } from "./stackSet";
import { application } from "./testStack";

/** Kinds of objects that an update writes. */
const KINDS = [
    ...["builds", "buildconfigs", "imagestreams", "jobs", "deployments", "services"],
    ...["configmaps", "secrets", "serviceaccounts", "roles", "rolebindings"],
].join(",");

/** Accounts that may do no more than they need. */
describe("accounts with few rights", () => {
    let set: StackSet;
    let namespace = "";

    /** A kubeconfig of a new ServiceAccount with one role in the namespace, and no other right. */
    async function accountWith(role: string): Promise<string> {
        const oc = async (...args: string[]) =>
            succeeded(await run(["oc", "-n", namespace, ...args]));
        await oc("create", "serviceaccount", `a-${role}`);
        await oc("policy", "add-role-to-user", role, "-z", `a-${role}`);
        const token = (await oc("create", "token", `a-${role}`, "--duration=1h")).trim();
        const admin = JSON.parse(
            await oc("config", "view", "--minify", "--flatten", "--raw", "-o", "json"),
        ) as { users: object[]; contexts: { context: object }[] };
        const file = join(set.folder, `${role}.kubeconfig`);
        const contexts = admin.contexts.map((it) => ({
            ...it,
            context: { ...it.context, user: role },
        }));
        const users = [{ name: role, user: { token } }];
        writeFileSync(file, JSON.stringify({ ...admin, contexts, users }), { mode: 0o600 });
        return file;
    }

    const as = async (kubeconfig: string, verb: "up" | "preview"): Promise<Finished> =>
        set.run(
            [
                ...["pulumi", verb, "--stack", "app", "--config-file", set.file("app")],
                ...["--non-interactive", "--color", "never"],
                ...(verb === "up" ? ["--yes", "--skip-preview"] : []),
            ],
            "",
            { KUBECONFIG: kubeconfig },
        );

    /** Every object with its version: any write shows. The publisher's Job is complete a moment after the update. */
    const versions = async () => {
        const complete = ["wait", "--for=condition=complete", "job", "--all", "--timeout=60s"];
        await run(["oc", "-n", namespace, ...complete]);
        return succeeded(
            await run([
                ...["oc", "-n", namespace, "get", KINDS, "-o"],
                'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
            ]),
        )
            .split("\n")
            .sort();
    };

    beforeAll(async () => {
        set = await StackSet.create("readonly");
        namespace = set.id;
        succeeded(await run(["oc", "create", "namespace", namespace]));
        await set.add("app", {
            namespace: { name: namespace, create: false },
            git: { url: set.repository.url },
            registry: { username: "robot" },
            images: [
                {
                    name: "context-api",
                    dockerfilePath: "docker/context-api.Dockerfile",
                    destination: `quay.io/${namespace}/context-api`,
                    application,
                },
            ],
        });
    });

    afterAll(async () => set.remove(namespace));

    it("preview the first update with the role view, and write nothing", async () => {
        const reader = await accountWith("view");
        const before = await versions();

        const text = succeeded(await as(reader, "preview"));

        expect(text).toContain("context-api: first build, of commit");
        expect(await versions()).toEqual(before);
    });

    it("update everything with the role admin in one namespace", async () => {
        const deployer = await accountWith("admin");

        succeeded(await as(deployer, "up"));

        expect(await set.answer(namespace)).toContain("version 0.1.0");
    });

    it("preview a rebuild with the role view: why, and what rolls", async () => {
        const commit = await set.release("0.2.0");
        const before = await versions();

        const text = succeeded(await as(join(set.folder, "view.kubeconfig"), "preview"));

        expect(text).toContain(
            `context-api: builds again: commit ${set.repository.commit.slice(0, 12)} -> ${commit.slice(0, 12)}`,
        );
        expect(text).toMatch(/kubernetes:apps\/v1:Deployment\s+context-api-deployment\s+update/);
        expect(await versions()).toEqual(before);
    });

    it("preview a promoted digest with the role view", async () => {
        const digest = (await set.outputs("app"))["context-api"]?.digest ?? "";
        const before = await versions();
        set.edit("app", (text) =>
            text.replace(
                /( +)destination: .*\n/,
                (line, indent: string) => `${line}${indent}digest: ${digest}\n`,
            ),
        );

        const text = succeeded(await as(join(set.folder, "view.kubeconfig"), "preview"));

        set.edit("app", (edited) => edited.replace(/ +digest: .*\n/, ""));
        expect(text).toContain(`context-api: nothing to roll: ${digest} is deployed`);
        expect(text).not.toMatch(/context-api-deployment\s+(update|replace)/);
        expect(await versions()).toEqual(before);
    });

    it("are told which right is missing when they update with the role view", async () => {
        const before = await versions();

        const { code, text } = await as(join(set.folder, "view.kubeconfig"), "up");

        expect(code).not.toBe(0);
        expect(text).toContain("your account may not create deployments.apps in the namespace");
        expect(await versions()).toEqual(before);
    });
});
