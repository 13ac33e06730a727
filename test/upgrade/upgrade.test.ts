import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { type Registration, runWithMonitor } from "../../cli/engine/monitor";
import { releasesIn } from "../../checks/releases";
import { program } from "../../index";

interface Resource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * What a stack of one image and its service looked like after an update by the program at commit 8a6deff, on a real OpenShift 4.21
 * in November 2026 (../shared/traces/state-8a6deff); without the contents of secrets, managedFields and resourceVersions.
 */
const state = JSON.parse(
    readFileSync(join(__dirname, "state-8a6deff.json"), "utf8"),
) as readonly Resource[];

const COMMIT = "7d3280e3560ffbdf04f81066b0f708c44a0c5c72";
/** The stack's configuration file, see there. */
const config = {
    git: { url: "git://git.sandbox.test/kubernaut.git", ref: "main" },
    registry: { username: "robot" },
    namespace: { name: "shared-ns", create: true },
    images: [
        {
            name: "app",
            dockerfilePath: "docker/context-api.Dockerfile",
            destination: "quay.io/two/twoa",
            tags: ["latest"],
            application: { replicas: 2 },
        },
    ],
};

/** A value without what it holds that is secret, and without the SDK's marks for that. */
function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const marked = value as Record<string, unknown>;
    return pulumi.runtime.specialSigKey in marked
        ? { secret: true }
        : Object.fromEntries(Object.entries(marked).map(([key, entry]) => [key, plain(entry)]));
}

/**
 * A resource's inputs as the program declares them: a provider's own version comes beside them, and the Kubernetes provider
 * keeps what a Secret is given as text in `data`.
 */
function asDeclared({ type, inputs }: Resource): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(inputs)
            .filter(
                ([key]) =>
                    !key.startsWith("__") &&
                    !(key === "version" && type.startsWith("pulumi:providers:")),
            )
            .map(([key, value]) => [
                type === "kubernetes:core/v1:Secret" && key === "data" ? "stringData" : key,
                value,
            ]),
    );
}

const nameOf = (urn: string) => urn.split("::").slice(-1)[0] ?? "";

/** Runs the present program where all is as that update left it; returns what it declares otherwise. */
async function preview() {
    const known = new Map(state.map((resource) => [resource.urn, resource]));
    const declared = new Map<string, Registration>();
    const stackOutputs = state[0]?.outputs as { images: unknown };
    const outside = () =>
        Promise.resolve({
            commits: new Map([["app", COMMIT]]),
            lost: new Map<string, string>(),
            releases: releasesIn(stackOutputs),
            account: undefined,
            runFile: ".multiarch/run/a50bd9440dd5",
        });
    const settings = {
        project: "multiarch",
        stack: "twoa",
        organization: "organization",
        preview: true,
        parallel: 16,
        config: {
            ...Object.fromEntries(
                Object.entries(config).map(([key, value]) => [
                    `multiarch:${key}`,
                    JSON.stringify(value),
                ]),
            ),
            "multiarch:registryPassword": "secret",
        },
        secretKeys: ["multiarch:registryPassword"],
    };
    const outputs = await runWithMonitor(() => program(outside), settings, {
        register: (resource) => {
            declared.set(resource.urn, resource);
            const before = known.get(resource.urn);
            return Promise.resolve({ id: before?.id ?? "", state: before?.outputs ?? {} });
        },
        read: () => Promise.reject(new Error("nothing is read")),
        invoke: ({ token, inputs }) => {
            const { platforms } = (stackOutputs.images as Record<string, { platforms: object }>)[
                "app"
            ] ?? { platforms: {} };
            expect(token).toBe("docker:index/getRegistryImageManifests:getRegistryImageManifests");
            expect(inputs).toEqual({
                name: "quay.io/two/twoa:7d3280e3560f-faa44c89@sha256:faa44c89f931effef4f0321b64e7a8add80908f27b1c54ae66087710c768d113",
            });
            const manifests = Object.entries(platforms).map(([architecture, sha256Digest]) => ({
                architecture,
                os: "linux",
                sha256Digest: sha256Digest as string,
            }));
            return Promise.resolve({ manifests });
        },
        outputs: () => undefined,
    });
    const names = (urns: Iterable<string>) => [...urns].map(nameOf).sort();
    const changed = [...declared].filter(([urn, { inputs }]) => {
        const before = known.get(urn);
        return (
            before !== undefined &&
            JSON.stringify(sorted(plain(inputs))) !== JSON.stringify(sorted(asDeclared(before)))
        );
    });
    return {
        outputs,
        created: names([...declared.keys()].filter((urn) => !known.has(urn))),
        deleted: names(
            [...known.values()]
                .filter(
                    ({ urn, type }) =>
                        !declared.has(urn) &&
                        !/^pulumi:(pulumi:Stack|providers:pulumi)$/.test(type),
                )
                .map(({ urn }) => urn),
        ),
        changed: names(changed.map(([urn]) => urn)),
    };
}

/** A value whose properties are in one order. */
function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(
              Object.entries(value)
                  .sort(([one], [other]) => (one < other ? -1 : 1))
                  .map(([key, entry]) => [key, sorted(entry)]),
          )
        : value;
}

describe("an upgrade of the program", () => {
    it("changes the publisher's program alone of a stack of today: no build, no moved tag, no restarted pod", async () => {
        const { created, changed, deleted } = await preview();

        // A ConfigMap, in place: it is for the next Jobs, and no Job of today is another one for it.
        expect({ created, changed, deleted }).toEqual({
            created: [],
            changed: ["multiarch-publisher-program"],
            deleted: [],
        });
    });

    it("keeps the stack's outputs, and adds what had been deployed before", async () => {
        const { outputs } = await preview();
        const before = state[0]?.outputs as { images: Record<string, Record<string, unknown>> };
        const { app } = before.images;

        expect(sorted(outputs["images"])).toEqual(sorted(before.images));
        expect(outputs["releases"]).toEqual({
            app: [{ digest: app?.["digest"], commit: COMMIT }],
        });
    });
});
