import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { UNKNOWN, inputsOf, record } from "../mocks";
import { TYPES, built, digest, history } from "./fixtures";
import {
    image,
    stream,
    list,
    job,
    publish,
    amd64,
    arm64,
    builds,
    everything,
    digests,
    mocks,
    create,
    environmentOf,
    publisherOf,
} from "./multiArchImage";

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

    it("has the builds wait for the ImageStream, the Job for the BuildConfigs and for no build, the Command for all", async () => {
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
            [job]: [amd64.config, arm64.config],
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

    it("gives the Job the sum of what a build may wait and take, and the images' repository", async () => {
        const spec = inputsOf(await record(create(), mocks), job)["spec"];

        expect(spec).toMatchObject({ activeDeadlineSeconds: 1800 + 300 + 600 });
        expect(JSON.stringify(spec)).toContain(
            '{"name":"SOURCE","value":"internal.example.svc:5000/shop/api"}',
        );
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
