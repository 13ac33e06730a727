import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { MultiArchImage, type MultiArchImageArgs } from "../../../components/multiArchImage";
import { type Mocks, type Recording, UNKNOWN, inputsOf, record } from "../mocks";
import {
    MANIFESTS,
    TYPES,
    built,
    digest,
    history,
    manifests,
    published,
    publisher,
    settings,
    source,
} from "./fixtures";

const image = "multiarch:index:MultiArchImage api";
const stream = `${TYPES.imageStream} api-stream`;
const list = "multiarch:index:ManifestList api";
const job = `${TYPES.job} api-job`;
const publish = `${TYPES.command} api-publish`;
const amd64 = buildOf("amd64");
const arm64 = buildOf("arm64");
const builds = [amd64, arm64].flatMap(({ component, config, build }) => [component, config, build]);
const everything = [image, stream, ...builds, list, job, publish].sort();

function buildOf(architecture: string) {
    return {
        component: `multiarch:index:ImageBuild api-${architecture}`,
        config: `${TYPES.buildConfig} api-${architecture}-config`,
        build: `${TYPES.command} api-${architecture}-build`,
    };
}

const args: MultiArchImageArgs = {
    architectures: ["amd64", "arm64"],
    namespace: "shop",
    source,
    destination: "quay.io/shop/api",
    floatingTags: ["latest"],
    build: settings,
    publisher,
    serviceAccount: "publisher",
    pushSecret: "push",
    place: {},
};
const digests = { amd64: digest("a"), arm64: digest("b") };
const stdout: Record<string, object> = {
    "api-amd64-build": built("a"),
    "api-arm64-build": built("b"),
    "api-s390x-build": built("c"),
    "api-publish": published,
};
const mocks = {
    state: ({ name }: { name: string }) =>
        name in stdout ? { stdout: JSON.stringify(stdout[name]) } : {},
    calls: { [MANIFESTS]: () => manifests(digests) },
} satisfies Mocks;

function create(given: Partial<MultiArchImageArgs> = {}, opts?: pulumi.ComponentResourceOptions) {
    return () => new MultiArchImage("api", { ...args, ...given }, opts);
}

/** The environment of a Command. */
function environmentOf(recording: Recording, command: string): Record<string, string> {
    return inputsOf(recording, command)["environment"] as Record<string, string>;
}

/** The Job's name and identity, and the labels of its pods. */
function publisherOf(recording: Recording) {
    const { metadata, spec } = inputsOf(recording, job) as {
        metadata: { name: string; labels: Record<string, string> };
        spec: { template: { metadata: { labels: Record<string, string> } } };
    };
    return {
        name: metadata.name,
        identity: metadata.labels["multiarch/identity"],
        labels: spec.template.metadata.labels,
    };
}

describe("MultiArchImage", () => {
    it("is an ImageStream, a build for each architecture and a list, each below the image", async () => {
        const { registrations } = await record(create(), mocks);
        const parents = Object.entries(registrations).map(([key, { parent }]) => [key, parent]);

        expect(Object.fromEntries(parents)).toEqual({
            [image]: undefined,
            [stream]: image,
            [amd64.component]: image,
            [amd64.config]: amd64.component,
            [amd64.build]: amd64.component,
            [arm64.component]: image,
            [arm64.config]: arm64.component,
            [arm64.build]: arm64.component,
            [list]: image,
            [job]: list,
            [publish]: list,
        });
        // What goes into a component's state is written out for every resource: its parts have it all.
        for (const component of [image, amd64.component, arm64.component, list]) {
            expect(registrations[component]?.inputs).toEqual({});
        }
        expect(registrations[stream]).toEqual({
            parent: image,
            dependencies: [],
            inputs: {
                apiVersion: "image.openshift.io/v1",
                kind: "ImageStream",
                metadata: { name: "api", namespace: "shop", labels: { app: "api" } },
                spec: { lookupPolicy: { local: false } },
            },
        });
    });

    it("has the builds wait for the ImageStream, the Job for no build, the Command for all", async () => {
        const { registrations } = await record(create(), mocks);
        const dependencies = Object.entries(registrations).map(([key, one]) => [
            key,
            one.dependencies,
        ]);

        // A build's parts are registered after their component, and that after the ImageStream.
        expect(Object.fromEntries(dependencies)).toEqual({
            [image]: [],
            [stream]: [],
            [amd64.component]: [stream],
            [amd64.config]: [],
            [amd64.build]: [amd64.config],
            [arm64.component]: [stream],
            [arm64.config]: [],
            [arm64.build]: [arm64.config],
            [list]: [],
            [job]: [],
            [publish]: [amd64.build, arm64.build, job].sort(),
        });
    });

    it("registers nothing of a build before the ImageStream is there, nor its own parts before what it depends on", async () => {
        const finished: string[] = [];
        const registered: Record<string, readonly string[]> = {};
        await record(
            () => {
                const namespace = new k8s.core.v1.Namespace("shop");
                create({}, { dependsOn: [namespace] })();
            },
            {
                ...mocks,
                state: async ({ type, name }) => {
                    registered[`${type} ${name}`] = [...finished];
                    // Whoever does not wait is registered by now.
                    await new Promise((resolve) => setImmediate(resolve));
                    finished.push(`${type} ${name}`);
                    return mocks.state({ name });
                },
            },
        );

        expect(registered[stream]).toContain(`${TYPES.namespace} shop`);
        expect(registered[job]).toContain(`${TYPES.namespace} shop`);
        for (const part of builds) {
            expect(registered[part]).toContain(stream);
        }
        expect(registered[job]).not.toContain(amd64.build);
        expect(registered[job]).not.toContain(arm64.build);
    });

    it("starts the Job and every build before any build has ended", async () => {
        const waiting = new Set([job, amd64.build, arm64.build]);
        let release = (): void => undefined;
        const allStarted = new Promise<void>((resolve) => {
            release = resolve;
        });
        const { registrations } = await record(create(), {
            ...mocks,
            state: async ({ type, name }) => {
                const key = `${type} ${name}`;
                const started = waiting.delete(key);
                if (waiting.size === 0) {
                    release();
                }
                if (started && type === TYPES.command) {
                    await allStarted;
                }
                return mocks.state({ name });
            },
        });

        expect(Object.keys(registrations).sort()).toEqual(everything);
    });

    it("tells each build the Job's name, and has its pods carry what each build is known by", async () => {
        const recording = await record(create(), mocks);
        const { name, identity, labels } = publisherOf(recording);

        expect(name).toBe("api-publisher");
        expect(labels).toEqual({
            app: "api-publisher",
            "multiarch/identity": identity,
            "multiarch/build.amd64": environmentOf(recording, amd64.build)["MULTIARCH_IDENTITY"],
            "multiarch/build.arm64": environmentOf(recording, arm64.build)["MULTIARCH_IDENTITY"],
        });
        for (const { build } of [amd64, arm64]) {
            const environment = environmentOf(recording, build);
            expect(environment).toMatchObject({ MULTIARCH_PUBLISHER: name });
            expect(environment).not.toHaveProperty("MULTIARCH_PUBLISHER_IDENTITY");
        }
        expect(environmentOf(recording, publish)).toMatchObject({
            MULTIARCH_PUBLISHER: name,
            MULTIARCH_PUBLISHER_IDENTITY: identity,
        });
    });

    // An old Job, finished for the same commit, would publish its old list again.
    it.each<[string, Partial<MultiArchImageArgs>]>([
        ["a build argument", { source: { ...source, buildArgs: { VERSION: "1.3" } } }],
        ["the word for another build", { rebuild: "again" }],
        ["the Dockerfile", { source: { ...source, dockerfilePath: "Dockerfile" } }],
    ])("has another Job, and pods of other labels, when %s changes", async (_, given) => {
        const before = await record(create(), mocks);
        const after = await record(create(given), mocks);

        expect(publisherOf(after).identity).not.toBe(publisherOf(before).identity);
        for (const architecture of args.architectures) {
            const label = `multiarch/build.${architecture}`;
            expect(publisherOf(after).labels[label]).not.toBe(publisherOf(before).labels[label]);
        }
        expect(environmentOf(after, publish)["MULTIARCH_PUBLISHER_IDENTITY"]).not.toBe(
            environmentOf(before, publish)["MULTIARCH_PUBLISHER_IDENTITY"],
        );
    });

    it("has another Job when an architecture is added, and leaves the others' builds", async () => {
        const before = await record(create(), mocks);
        const after = await record(create({ architectures: ["amd64", "arm64", "s390x"] }), {
            ...mocks,
            calls: { [MANIFESTS]: () => manifests({ ...digests, s390x: digest("c") }) },
        });

        expect(publisherOf(after).identity).not.toBe(publisherOf(before).identity);
        for (const { build } of [amd64, arm64]) {
            expect(inputsOf(after, build)).toEqual(inputsOf(before, build));
        }
    });

    it.each<[string, Partial<MultiArchImageArgs>]>([
        ["tags", { floatingTags: ["latest", "v1"] }],
        ["the destination", { destination: "quay.io/shop/other" }],
        ["the publisher's program", { publisher: { ...publisher, programHash: "f".repeat(40) } }],
        ["the publisher's tool", { publisher: { ...publisher, tool: "buildah", scc: "anyuid" } }],
        ["the publisher's time", { publisher: { ...publisher, timeoutSeconds: 60 } }],
    ])("publishes anew and builds nothing when only %s change", async (_, given) => {
        const before = await record(create(), mocks);
        const after = await record(create(given), mocks);

        for (const { build, config } of [amd64, arm64]) {
            expect(inputsOf(after, build)).toEqual(inputsOf(before, build));
            expect(inputsOf(after, config)).toEqual(inputsOf(before, config));
        }
        expect(publisherOf(after).identity).not.toBe(publisherOf(before).identity);
        expect(environmentOf(after, publish)["MULTIARCH_PUBLISHER_IDENTITY"]).not.toBe(
            environmentOf(before, publish)["MULTIARCH_PUBLISHER_IDENTITY"],
        );
    });

    it("gives the Job the sum of what a build may wait and take, and the images' repository", async () => {
        const spec = inputsOf(await record(create(), mocks), job)["spec"];

        expect(spec).toMatchObject({ activeDeadlineSeconds: 1800 + 300 + 600 });
        expect(JSON.stringify(spec)).toContain(
            '{"name":"SOURCE","value":"internal.example.svc:5000/shop/api"}',
        );
    });

    // ten times what a build may wait and take, a day at most
    it.each([
        [{ completionDeadlineSeconds: 1800, pendingTimeoutSeconds: 300 }, 21_000 + 600],
        [{ completionDeadlineSeconds: 9000, pendingTimeoutSeconds: 300 }, 86_400 + 600],
    ])("gives the Job more time when builds wait for their turn: %j", async (times, seconds) => {
        const build = { ...settings, ...times, maxConcurrent: 2 };
        const recording = await record(create({ build }), mocks);

        expect(inputsOf(recording, job)["spec"]).toMatchObject({ activeDeadlineSeconds: seconds });
    });

    it("passes on what changes a build", async () => {
        const plain = await record(create(), mocks);
        const changed = await record(
            create({
                rebuild: "again",
                sourceSecret: "git",
                place: { runFile: "r", context: "c", kubeconfig: "k" },
            }),
            mocks,
        );
        const [before, after] = [plain, changed].map((recording) =>
            environmentOf(recording, amd64.build),
        );

        expect(after?.["MULTIARCH_IDENTITY"]).not.toBe(before?.["MULTIARCH_IDENTITY"]);
        expect(after).toEqual({
            ...before,
            MULTIARCH_IDENTITY: after?.["MULTIARCH_IDENTITY"],
            MULTIARCH_RUN_FILE: "r",
            MULTIARCH_CONTEXT: "c",
            MULTIARCH_KUBECONFIG: "k",
        });
        expect(inputsOf(changed, amd64.config)["spec"]).toMatchObject({
            source: { sourceSecret: { name: "git" } },
        });
        expect(environmentOf(changed, publish)).toEqual({
            ...environmentOf(plain, publish),
            MULTIARCH_PUBLISHER_IDENTITY: publisherOf(changed).identity,
            MULTIARCH_RUN_FILE: "r",
            MULTIARCH_CONTEXT: "c",
            MULTIARCH_KUBECONFIG: "k",
        });
    });

    it("registers the list and the builds behind it", async () => {
        const { outputs } = await record(create(), mocks);

        expect(outputs[image]).toEqual({
            digest: digest("d"),
            platforms: digests,
            builds: { amd64: history("a"), arm64: history("b") },
            tags: ["c0ffee000000-dddddddd", "latest"],
            publishSeconds: 2.5,
        });
    });

    it("keeps the stages of a build that had some", async () => {
        const stages = { FetchInputs: 900, PushImage: 2100 };
        const { outputs } = await record(create(), {
            ...mocks,
            state: ({ name }) =>
                name === "api-arm64-build"
                    ? { stdout: JSON.stringify({ ...built("b"), stages }) }
                    : mocks.state({ name }),
        });

        expect(outputs[image]).toMatchObject({
            builds: { amd64: history("a"), arm64: { ...history("b"), stages } },
        });
    });

    it("registers the same in a preview, where nothing of a build is known", async () => {
        const { registrations, invokes, outputs } = await record(create(), {
            preview: true,
            state: () => ({ metadata: pulumi.runtime.unknownValue }),
        });

        expect(Object.keys(registrations).sort()).toEqual(everything);
        expect(invokes).toEqual([]);
        expect(outputs[image]).toEqual({
            digest: UNKNOWN,
            platforms: UNKNOWN,
            builds: UNKNOWN,
            tags: UNKNOWN,
            publishSeconds: UNKNOWN,
        });
    });
});
