import * as pulumi from "@pulumi/pulumi";

import type { Outside } from "../../checks/answers";
import { program } from "../../index";
import { analyze, sentBy } from "./engine";

const COMMIT = "c0ffee".padEnd(40, "0");

// What the program asks of Git and of the cluster before it declares anything.
const outside: Outside = () =>
    Promise.resolve({
        commits: new Map([["api", COMMIT]]),
        lost: new Map(),
        releases: new Map(),
        account: undefined,
        runFile: ".multiarch/run/test",
    });

function digest(hex: string): string {
    return `sha256:${hex.repeat(64)}`;
}

const stdout = {
    "api-amd64-build": {
        digest: digest("a"),
        commit: COMMIT,
        build: "api-amd64-1",
        seconds: 1,
        adopted: false,
    },
    "api-arm64-build": {
        digest: digest("b"),
        commit: COMMIT,
        build: "api-arm64-1",
        seconds: 1,
        adopted: false,
    },
    "api-publish": {
        digest: digest("d"),
        immutableTag: "git-c0ffee",
        moved: ["latest"],
        seconds: 1,
    },
};

function isCommand(name: string): name is keyof typeof stdout {
    return Object.hasOwn(stdout, name);
}

const values = {
    namespace: { name: "shop" },
    git: { url: "https://git.example.com/shop.git", ref: "main" },
    gitUsername: "git",
    gitPassword: "hunter2",
    registry: { username: "robot" },
    registryPassword: "hunter2",
    images: [
        {
            name: "api",
            destination: "quay.io/shop/api",
            tags: ["latest"],
            application: {
                args: ["--config", "/etc/api/config.yaml"],
                env: { MODE: "fast" },
                secretEnv: [{ name: "DB_PASSWORD", secret: "db", key: "password" }],
                configFile: { path: "/etc/api/config.yaml", content: "port: 8091" },
            },
        },
    ],
};
const secrets = ["multiarch:gitPassword", "multiarch:registryPassword"];

/** What the stack sends with these settings of the publisher; in a preview of a new stack, digests are unknown. */
function stack(publisher: object, preview: boolean) {
    const config = Object.entries({ ...values, publisher }).map(([key, value]) => [
        `multiarch:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    return sentBy(
        () => {
            pulumi.runtime.setAllConfig(
                Object.fromEntries(config) as Record<string, string>,
                secrets,
            );
            return program(outside);
        },
        {
            answer: () => ({
                manifests: [
                    { os: "linux", architecture: "amd64", sha256Digest: digest("a") },
                    { os: "linux", architecture: "arm64", sha256Digest: digest("b") },
                ],
            }),
            added: (name) =>
                isCommand(name) && !preview ? { stdout: JSON.stringify(stdout[name]) } : {},
        },
        preview,
    );
}

const exempt = (allows: string, resource = "multiarch-publisher-scc") => ({
    resource,
    allows,
    reason: "tried",
});
const how = (right: string, resource = "multiarch-publisher-scc") =>
    `, or add {"resource": "${resource}", "allows": "${right}", "reason": ...} to exemptions of unprivileged in policy-config.json.`;
const scc = (name: string) =>
    `unprivileged multiarch-publisher-scc: roleRef.name is "system:openshift:scc:${name}", which lets pods run under a privileged SCC. Accepted: SCCs such as restricted-v2 and nonroot-v2. To fix: set tool: regctl and no scc in multiarch:publisher${how(name)}`;
const privileged = `unprivileged api-job: spec.template.spec.containers[0].securityContext.privileged is true. Accepted: false, or not set. To fix: set scc in multiarch:publisher to restricted-v2 (regctl) or anyuid (buildah), or remove the line${how("privileged", "api-job")}`;

describe.each([
    ["an update", false],
    ["a preview of a new stack", true],
])("%s", (_, preview) => {
    it("shows the pack every kind of resource that a rule is about", async () => {
        const types = (await stack({}, preview)).map(({ type }) => type);
        expect(types).toEqual(
            expect.arrayContaining([
                "command:local:Command",
                "kubernetes:apps/v1:Deployment",
                "kubernetes:batch/v1:Job",
                "kubernetes:build.openshift.io/v1:BuildConfig",
                "kubernetes:core/v1:ConfigMap",
                "kubernetes:core/v1:Secret",
                "kubernetes:rbac.authorization.k8s.io/v1:Role",
                "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
                "pulumi:providers:docker",
                "pulumi:providers:kubernetes",
            ]),
        );
    });

    it("is accepted with regctl", async () => {
        expect(await analyze(await stack({}, preview))).toEqual([]);
    });

    it("is not with buildah, for its SCC, unless that is exempted", async () => {
        const sent = await stack({ tool: "buildah", scc: "anyuid" }, preview);
        expect(await analyze(sent)).toEqual([scc("anyuid")]);
        expect(await analyze(sent, { unprivileged: { exemptions: [exempt("anyuid")] } })).toEqual(
            [],
        );
    });

    it("is not with a privileged publisher, unless both rights are exempted", async () => {
        const sent = await stack({ tool: "buildah", scc: "privileged" }, preview);
        expect([...(await analyze(sent))].sort()).toEqual([privileged, scc("privileged")]);
        const exemptions = [exempt("privileged"), exempt("privileged", "api-job")];
        expect(await analyze(sent, { unprivileged: { exemptions } })).toEqual([]);
    });

    it("is not with a tool by version where the settings forbid it", async () => {
        const config = { "image-digest": { toolImageByVersion: false } };
        expect(
            await analyze(await stack({ image: "quay.io/tools/regctl:v1.2.3" }, preview), config),
        ).toEqual([
            'image-digest api-job: spec.template.spec.containers[0].image is "quay.io/tools/regctl:v1.2.3", which is not a digest. Accepted: repository@sha256:<64 hex digits>. To fix: set image in multiarch:publisher.',
        ]);
        const pinned = await stack({ image: `quay.io/tools/regctl@${digest("e")}` }, preview);
        expect(await analyze(pinned, config)).toEqual([]);
    });
});
