import * as pulumi from "@pulumi/pulumi";

import {
    ManifestList,
    type ManifestListArgs,
    publisherIdentity,
} from "../../components/manifestList";
import { checkPlatforms } from "../../components/platforms";
import { type PublisherSettings, type PublisherWork } from "../../components/publisherJob";
import { UNKNOWN, inputsOf, record } from "../mocks";
import {
    MANIFESTS,
    TYPES,
    digest,
    manifests,
    place,
    placeVariables,
    published,
    publisher,
    work,
} from "./fixtures";

// What it does with a list, platforms.test.ts shows; an output that fails would end the process.
jest.mock("../../components/platforms", () => ({ checkPlatforms: jest.fn() }));
beforeEach(() => jest.mocked(checkPlatforms).mockClear());

const component = "multiarch:index:ManifestList api";
const job = `${TYPES.job} api-job`;
const publish = `${TYPES.command} api-publish`;

const digests = { amd64: digest("a"), arm64: digest("b") };
const args: ManifestListArgs = {
    image: "api",
    namespace: "shop",
    settings: publisher,
    work,
    digests,
    buildConfigs: [],
    place: {},
};
const mocks = {
    state: () => ({ stdout: JSON.stringify(published) }),
    calls: { [MANIFESTS]: () => manifests(digests) },
};

function create(given: Partial<ManifestListArgs> = {}) {
    return () => new ManifestList("api", { ...args, ...given });
}

/** The identity of a publisher with these settings and this work. */
function identity(
    settings: Partial<PublisherSettings> = {},
    given: Partial<PublisherWork> = {},
): string {
    return publisherIdentity({ ...publisher, ...settings }, { ...work, ...given });
}

describe("ManifestList", () => {
    it("is a Job, which is there at once, and the Command that follows it", async () => {
        const { registrations } = await record(create(), mocks);
        const { spec, ...object } = inputsOf({ registrations }, job);

        expect(Object.keys(registrations)).toEqual([component, job, publish]);
        expect(registrations[component]).toEqual({ dependencies: [], inputs: {} });
        expect({ ...registrations[job], inputs: object }).toEqual({
            parent: component,
            dependencies: [],
            deleteBeforeReplace: true,
            inputs: {
                apiVersion: "batch/v1",
                kind: "Job",
                metadata: {
                    name: "api-publisher",
                    namespace: "shop",
                    labels: { app: "api-publisher", "multiarch/identity": identity() },
                    annotations: {
                        "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
                        "pulumi.com/replaceUnready": "true",
                    },
                },
            },
        });
        expect(spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 2700 });
        expect(registrations[publish]).toEqual({
            parent: component,
            dependencies: [job],
            inputs: {
                create: "exec sh build/command.sh publish",
                environment: {
                    MULTIARCH_IMAGE: "api",
                    MULTIARCH_NAMESPACE: "shop",
                    MULTIARCH_PUBLISHER: "api-publisher",
                    MULTIARCH_PUBLISHER_IDENTITY: identity(),
                    MULTIARCH_DIGESTS: JSON.stringify(digests),
                    MULTIARCH_TIMEOUT_SECONDS: "600",
                },
                addPreviousOutputInEnv: false,
                logging: "stderr",
            },
        });
    });

    it("labels the publisher's pods with their identity and their builds', and runs them by the same spec", async () => {
        const { template } = inputsOf(await record(create(), mocks), job)["spec"] as {
            template: { metadata: object; spec: object };
        };

        expect(template.metadata).toEqual({
            annotations: { "multiarch/program": "e".repeat(40) },
            labels: {
                app: "api-publisher",
                "multiarch/identity": identity(),
                "multiarch/build.amd64": "a".repeat(40),
                "multiarch/build.arm64": "b".repeat(40),
            },
        });
        expect(template.spec).toMatchObject({
            serviceAccountName: "publisher",
            restartPolicy: "Never",
            containers: [{ command: ["/bin/sh", "/input/publish.sh"] }],
        });
    });

    it("tells the Command its process and the cluster when the stack does, and nothing else", async () => {
        const plain = await record(create(), mocks);
        const placed = await record(create({ place }), mocks);

        expect(inputsOf(placed, publish)["environment"]).toEqual({
            ...(inputsOf(plain, publish)["environment"] as object),
            ...placeVariables,
        });
    });

    it("reads the list back by its digest, once, and registers what it is known by", async () => {
        const { invokes, outputs } = await record(create(), mocks);

        expect(invokes).toEqual([
            {
                token: MANIFESTS,
                inputs: { name: `quay.io/shop/api:c0ffee000000-dddddddd@${digest("d")}` },
            },
        ]);
        expect(outputs).toEqual({
            [component]: {
                digest: digest("d"),
                tags: ["c0ffee000000-dddddddd", "latest"],
                seconds: 2.5,
            },
        });
    });

    it("compares the list in the registry with what was built", async () => {
        const found = manifests({ ...digests, arm64: digest("e") });
        await record(create(), { ...mocks, calls: { [MANIFESTS]: () => found } });

        expect(jest.mocked(checkPlatforms).mock.calls).toEqual([
            [`quay.io/shop/api:c0ffee000000-dddddddd@${digest("d")}`, found.manifests, digests],
        ]);
    });

    it("asks the registry nothing in a preview", async () => {
        const { registrations, invokes, outputs } = await record(create(), {
            preview: true,
            state: () => ({ metadata: pulumi.runtime.unknownValue }),
        });

        expect(Object.keys(registrations)).toEqual([component, job, publish]);
        expect(invokes).toEqual([]);
        expect(outputs).toEqual({
            [component]: { digest: UNKNOWN, tags: UNKNOWN, seconds: UNKNOWN },
        });
    });
});

/** The builds, of which one is made from something else. */
function rebuilt(changed: string): PublisherWork["builds"] {
    return work.builds.map((build) =>
        build.architecture === changed ? { ...build, identity: "c".repeat(40) } : build,
    );
}

describe("publisherIdentity", () => {
    it.each<[string, Partial<PublisherSettings>, Partial<PublisherWork>]>([
        ["the tags", {}, { floatingTags: ["latest"] }],
        ["the destination", {}, { destination: "quay.io/shop/other" }],
        ["the commit", {}, { commit: "f".repeat(40) }],
        ["the architectures", {}, { builds: work.builds.slice(0, 1) }],
        ["what one architecture is built from", {}, { builds: rebuilt("arm64") }],
        ["the source", {}, { source: "internal.example.svc:5000/shop/other" }],
        ["the Secret", {}, { pushSecret: "other" }],
        ["the tool", { tool: "buildah" }, {}],
        ["the tool's image", { image: "example.com/regctl:v2" }, {}],
        ["the program", { programHash: "f".repeat(40) }, {}],
        ["the program's ConfigMap", { program: "other" }, {}],
        ["the SCC's privilege", { scc: "privileged" }, {}],
    ])("changes with %s", (_, settings, given) => {
        expect(identity(settings, given)).not.toBe(identity());
    });

    it("is the same for the same work", () => {
        expect(identity()).toBe(identity());
    });
});
