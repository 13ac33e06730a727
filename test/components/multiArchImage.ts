import * as pulumi from "@pulumi/pulumi";

import { MultiArchImage, type MultiArchImageArgs } from "../../components/multiArchImage";
import { type Mocks, type Recording, inputsOf } from "../mocks";
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

export const image = "multiarch:index:MultiArchImage api";
export const stream = `${TYPES.imageStream} api-stream`;
export const list = "multiarch:index:ManifestList api";
export const job = `${TYPES.job} api-job`;
export const publish = `${TYPES.command} api-publish`;
export const amd64 = buildOf("amd64");
export const arm64 = buildOf("arm64");
export const builds = [amd64, arm64].flatMap(({ component, config, build }) => [
    component,
    config,
    build,
]);
export const everything = [image, stream, ...builds, list, job, publish].sort();

function buildOf(architecture: string) {
    return {
        component: `multiarch:index:ImageBuild api-${architecture}`,
        config: `${TYPES.buildConfig} api-${architecture}-config`,
        build: `${TYPES.command} api-${architecture}-build`,
    };
}

export const args: MultiArchImageArgs = {
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
export const digests = { amd64: digest("a"), arm64: digest("b") };
export const stdout: Record<string, object> = {
    "api-amd64-build": built("a"),
    "api-arm64-build": built("b"),
    "api-s390x-build": built("c"),
    "api-publish": published,
};
export const mocks = {
    state: ({ name }: { name: string }) =>
        name in stdout ? { stdout: JSON.stringify(stdout[name]) } : {},
    calls: { [MANIFESTS]: () => manifests(digests) },
} satisfies Mocks;

export function create(
    given: Partial<MultiArchImageArgs> = {},
    opts?: pulumi.ComponentResourceOptions,
) {
    return () => new MultiArchImage("api", { ...args, ...given }, opts);
}

/** The environment of a Command. */
export function environmentOf(recording: Recording, command: string): Record<string, string> {
    return inputsOf(recording, command)["environment"] as Record<string, string>;
}

/** The Job's name and identity, and the labels of its pods. */
export function publisherOf(recording: Recording) {
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
