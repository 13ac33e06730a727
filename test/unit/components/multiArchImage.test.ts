import * as pulumi from "@pulumi/pulumi";

import { MultiArchImage, type MultiArchImageArgs } from "../../../components/multiArchImage";
import { type Mocks, UNKNOWN, inputsOf, record } from "../mocks";
import {
    MANIFESTS,
    TYPES,
    built,
    digest,
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
};
const digests = { amd64: digest("a"), arm64: digest("b") };
const stdout: Record<string, object> = {
    "api-amd64-build": built("a"),
    "api-arm64-build": built("b"),
    "api-publish": published,
};
const mocks = {
    state: ({ name }: { name: string }) =>
        name in stdout ? { stdout: JSON.stringify(stdout[name]) } : {},
    calls: { [MANIFESTS]: () => manifests(digests) },
} satisfies Mocks;

function create(given: Partial<MultiArchImageArgs> = {}) {
    return () => new MultiArchImage("api", { ...args, ...given });
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
        expect(registrations[image]?.inputs).toEqual(args);
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
        const dependencies = [amd64.config, amd64.build, arm64.config, arm64.build, job, publish];

        expect(
            Object.fromEntries(dependencies.map((key) => [key, registrations[key]?.dependencies])),
        ).toEqual({
            [amd64.config]: [stream],
            [amd64.build]: [amd64.config, stream].sort(),
            [arm64.config]: [stream],
            [arm64.build]: [arm64.config, stream].sort(),
            [job]: [stream],
            [publish]: [amd64.build, arm64.build, job, stream].sort(),
        });
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

    it("tells each build which publisher waits for it: the Job's name and its pods' label", async () => {
        const recording = await record(create(), mocks);
        const { name, labels } = inputsOf(recording, job)["metadata"] as {
            name: string;
            labels: Record<string, string>;
        };
        const expected = {
            MULTIARCH_PUBLISHER: name,
            MULTIARCH_PUBLISHER_IDENTITY: labels["multiarch/identity"],
        };

        expect(name).toBe("api-publisher");
        for (const command of [amd64.build, arm64.build, publish]) {
            expect(inputsOf(recording, command)["environment"]).toMatchObject(expected);
        }
    });

    it("gives the Job the sum of what a build may wait and take, and the images' repository", async () => {
        const spec = inputsOf(await record(create(), mocks), job)["spec"];

        expect(spec).toMatchObject({ activeDeadlineSeconds: 1800 + 300 + 600 });
        expect(JSON.stringify(spec)).toContain(
            '{"name":"SOURCE","value":"internal.example.svc:5000/shop/api"}',
        );
    });

    it("passes on what changes a build", async () => {
        const plain = await record(create(), mocks);
        const changed = await record(
            create({ rebuild: "again", sourceSecret: "git", context: "c", kubeconfig: "k" }),
            mocks,
        );
        const [before, after] = [plain, changed].map(
            (recording) =>
                inputsOf(recording, amd64.build)["environment"] as Record<string, string>,
        );

        expect(after?.["MULTIARCH_IDENTITY"]).not.toBe(before?.["MULTIARCH_IDENTITY"]);
        expect(after).toEqual({
            ...before,
            MULTIARCH_IDENTITY: after?.["MULTIARCH_IDENTITY"],
            MULTIARCH_CONTEXT: "c",
            MULTIARCH_KUBECONFIG: "k",
        });
        expect(inputsOf(changed, amd64.config)["spec"]).toMatchObject({
            source: { sourceSecret: { name: "git" } },
        });
        expect(inputsOf(changed, publish)["environment"]).toEqual({
            ...(inputsOf(plain, publish)["environment"] as object),
            MULTIARCH_CONTEXT: "c",
            MULTIARCH_KUBECONFIG: "k",
        });
    });

    it("registers the list and the builds behind it", async () => {
        const { outputs } = await record(create(), mocks);

        expect(outputs[image]).toEqual({
            digest: digest("d"),
            platforms: digests,
            builds: { amd64: built("a"), arm64: built("b") },
            tags: ["c0ffee000000-dddddddd", "latest"],
            publishSeconds: 2.5,
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
