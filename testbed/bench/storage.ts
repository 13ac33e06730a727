import { existsSync, readdirSync, rmSync, statSync, statfsSync } from "node:fs";
import { join } from "node:path";

import { ctr } from "../sandbox/cluster/node";
import { attempt, command } from "../sandbox/command";
import { architectures, paths } from "../sandbox/settings";
import { toolchainFolder } from "../sandbox/toolchain";
import { run, succeeded } from "../e2e/run";

/** The two registries' files on this machine. */
const registries = ["registry", "quay"].map((name) =>
    join(paths.state, name, "docker/registry/v2"),
);

/** Bytes of a blob that is worth removing after a round; the base image is smaller. */
const LARGE = 3_000_000;

/** GB that must be free before a round. */
const LEAST_FREE = 15;

/** Throws when the disk has no room for another round. */
export function checkDisk(): void {
    const { bavail, bsize } = statfsSync(paths.state);
    const free = (bavail * bsize) / 1e9;
    if (free < LEAST_FREE) {
        throw new Error(
            `${free.toFixed(0)} GB are free at ${paths.state}, a round needs ${LEAST_FREE}: make room, then run the bench again.`,
        );
    }
}

/**
 * Removes all images of these namespaces from both registries' disks and from the nodes.
 *
 * A blob goes when no other repository links to it: the registries are in use, and their own garbage collection
 * would need them stopped.
 */
export async function removeImages(namespaces: readonly string[]): Promise<void> {
    for (const registry of registries) {
        removeBlobs(registry, namespaces);
    }
    await removeFromNodes(namespaces);
}

/**
 * Removes what a round with large layers has left on the disk: its builds and Jobs, whose pods hold images in their
 * volumes, and the large blobs. The Deployments go on with what their pods have.
 */
export async function forgetRound(namespaces: readonly string[]): Promise<void> {
    for (const namespace of namespaces) {
        // The program's Job is the stack's own: only its pods go, and the seed's Jobs, which its script deletes anyway.
        const builds = ["delete", "builds", "--all", "--timeout=120s"];
        succeeded(await run(["oc", "-n", namespace, ...builds]));
    }
    for (const registry of registries) {
        removeBlobs(registry, namespaces, LARGE);
    }
    await removeFromNodes(namespaces);
}

function removeBlobs(registry: string, namespaces: readonly string[], least = 0): void {
    const repositories = join(registry, "repositories");
    const mine: string[] = [];
    const others = new Set<string>();
    for (const namespace of list(repositories)) {
        for (const name of list(join(repositories, namespace))) {
            const digests = list(join(repositories, namespace, name, "_layers/sha256"));
            for (const digest of digests) {
                if (namespaces.includes(namespace)) {
                    mine.push(digest);
                } else {
                    others.add(digest);
                }
            }
        }
    }
    for (const digest of mine.filter((it) => !others.has(it))) {
        const blob = join(registry, "blobs/sha256", digest.slice(0, 2), digest);
        if (sizeOf(join(blob, "data")) >= least) {
            remove(blob);
        }
    }
    if (least === 0) {
        for (const namespace of namespaces) {
            remove(join(repositories, namespace));
        }
    }
}

async function removeFromNodes(namespaces: readonly string[]): Promise<void> {
    const toolchain = toolchainFolder();
    for (const architecture of architectures) {
        const client = ctr(toolchain, architecture);
        const mine = imagesOf(await command([...client, "images", "list"]), namespaces);
        if (mine.length > 0) {
            await attempt([...client, "images", "remove", "--sync", ...mine], { seconds: 120 });
        }
    }
}

/**
 * Names under which a node knows images of these namespaces, from `ctr images list`: also their IDs, which hold what
 * the names held, unless another name stands for the same image.
 */
export function imagesOf(list: string, namespaces: readonly string[]): string[] {
    const images = list
        .split("\n")
        .slice(1)
        .map((line) => line.split(/\s+/))
        .map(([name = "", , digest = ""]) => ({ name, digest }));
    const isMine = (name: string) => namespaces.some((it) => name.includes(`/${it}/`));
    const of = (wanted: (name: string) => boolean) =>
        new Set(images.filter(({ name }) => wanted(name)).map(({ digest }) => digest));
    const mine = of(isMine);
    const others = of((name) => !isMine(name) && !name.startsWith("sha256:"));
    return images
        .filter(
            ({ name, digest }) =>
                isMine(name) ||
                (name.startsWith("sha256:") && mine.has(digest) && !others.has(digest)),
        )
        .map(({ name }) => name);
}

function sizeOf(file: string): number {
    return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function remove(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
}

function list(folder: string): string[] {
    return existsSync(folder) ? readdirSync(folder) : [];
}
