import * as pulumi from "@pulumi/pulumi";

import { BuildProject, type BuildProjectArgs } from "../../components/buildProject";
import { record, secret } from "../mocks";
import { TYPES } from "./fixtures";

const project = "multiarch:index:BuildProject shop";
const namespace = `${TYPES.namespace} shop-namespace`;
const push = `${TYPES.secret} shop-push`;
const gitSecret = `${TYPES.secret} shop-source`;

/** A program with a project that has logins for both. */
function create(args: Partial<BuildProjectArgs> = {}) {
    return () =>
        new BuildProject("shop", {
            namespace: "web",
            registry: "quay.io",
            registryCredentials: { username: "robot", password: pulumi.secret("pass") },
            gitCredentials: { username: "git", password: pulumi.secret("word") },
            ...args,
        });
}

describe("BuildProject", () => {
    it("is a namespace and, in it, one Secret for each login, with its contents secret", async () => {
        const { registrations } = await record(create());

        expect(registrations).toEqual({
            [project]: { dependencies: [], inputs: {} },
            [namespace]: {
                parent: project,
                dependencies: [],
                inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } },
            },
            [push]: {
                parent: project,
                dependencies: [namespace],
                inputs: {
                    apiVersion: "v1",
                    kind: "Secret",
                    metadata: { name: "shop-push", namespace: "web" },
                    type: "kubernetes.io/dockerconfigjson",
                    stringData: secret({
                        // printf robot:pass | base64
                        ".dockerconfigjson": '{"auths":{"quay.io":{"auth":"cm9ib3Q6cGFzcw=="}}}',
                    }),
                },
            },
            [gitSecret]: {
                parent: project,
                dependencies: [namespace],
                inputs: {
                    apiVersion: "v1",
                    kind: "Secret",
                    metadata: { name: "shop-source", namespace: "web" },
                    type: "kubernetes.io/basic-auth",
                    stringData: secret({ username: "git", password: "word" }),
                },
            },
        });
    });

    it("keeps secret what it is given in the clear", async () => {
        const { registrations } = await record(
            create({
                registryCredentials: { username: "robot", password: "pass" },
                gitCredentials: { username: "git", password: "word" },
            }),
        );

        expect(Object.keys(registrations[push]?.inputs["stringData"] as object)).toEqual([
            "secret",
        ]);
        expect(Object.keys(registrations[gitSecret]?.inputs["stringData"] as object)).toEqual([
            "secret",
        ]);
    });

    it("registers the names of the three", async () => {
        const { outputs } = await record(create());

        expect(outputs).toEqual({
            [project]: { namespace: "web", pushSecret: "shop-push", sourceSecret: "shop-source" },
        });
    });

    it("takes a namespace and Secrets that exist", async () => {
        const { registrations, outputs } = await record(
            create({ createNamespace: false, registryCredentials: "mine", gitCredentials: "too" }),
        );

        expect(Object.keys(registrations)).toEqual([project]);
        expect(outputs).toEqual({
            [project]: { namespace: "web", pushSecret: "mine", sourceSecret: "too" },
        });
    });

    it("has no Secret without a login", async () => {
        const { registrations, outputs } = await record(
            create({ registryCredentials: undefined, gitCredentials: undefined }),
        );

        expect(Object.keys(registrations)).toEqual([project, namespace]);
        expect(outputs).toEqual({ [project]: { namespace: "web" } });
    });

    it("registers the same in a preview, whatever the cluster will say", async () => {
        const { registrations, outputs } = await record(create(), {
            preview: true,
            state: () => ({ metadata: pulumi.runtime.unknownValue }),
        });

        expect(Object.keys(registrations).sort()).toEqual(
            [project, namespace, push, gitSecret].sort(),
        );
        for (const key of [push, gitSecret]) {
            expect(registrations[key]?.dependencies).toEqual([namespace]);
        }
        expect(outputs).toEqual({
            [project]: { namespace: "web", pushSecret: "shop-push", sourceSecret: "shop-source" },
        });
    });
});
