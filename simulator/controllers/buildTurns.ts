import { isOver } from "./buildPhases";
import type { Client } from "./client";
import type { Informer } from "./informer";
import { controllerOf, ownedBy } from "./owners";
import type { Build, BuildConfig } from "./workloads";

const POLICY = "openshift.io/build.start-policy";

/** Whether a new Build may start beside the others of its BuildConfig. */
export async function isItsTurn(
    client: Client,
    builds: Informer<Build>,
    build: Build,
): Promise<boolean> {
    const policy = build.metadata.labels?.[POLICY] ?? "Serial";
    const config = controllerOf(build, "BuildConfig");
    if (policy === "Parallel" || config === undefined) {
        return true;
    }
    const number = ({ metadata }: Build) =>
        Number(metadata.annotations?.["openshift.io/build.number"] ?? 0);
    const others = builds
        .all(build.metadata.namespace)
        .filter(
            (other) =>
                controllerOf(other, "BuildConfig")?.uid === config.uid &&
                !isOver(other) &&
                other.metadata.uid !== build.metadata.uid,
        );
    if (policy === "Serial") {
        return others.every((other) => number(other) > number(build));
    }
    // SerialLatestOnly: what waits gives way to what came after it.
    if (others.some((other) => number(other) > number(build))) {
        const { namespace = "", name } = build.metadata;
        await client.patch("builds", namespace, name, { status: { cancelled: true } });
        return false;
    }
    return others.every((other) => other.status.phase === "New");
}

/** Deletes finished Builds beyond what their BuildConfig keeps. */
export async function pruneBuilds(
    client: Client,
    known: { readonly builds: Informer<Build>; readonly buildConfigs: Informer<BuildConfig> },
    build: Build,
): Promise<void> {
    const reference = controllerOf(build, "BuildConfig");
    const { namespace = "" } = build.metadata;
    const config = known.buildConfigs.get(namespace, reference?.name ?? "");
    if (reference === undefined || config?.metadata.uid !== reference.uid) {
        return;
    }
    const builds = known.builds.all(namespace).filter((it) => ownedBy(it, config));
    const good = builds.filter(({ status }) => status.phase === "Complete");
    const bad = builds.filter((it) => isOver(it) && it.status.phase !== "Complete");
    const { successfulBuildsHistoryLimit, failedBuildsHistoryLimit } = config.spec;
    for (const [list, limit] of [
        [good, successfulBuildsHistoryLimit],
        [bad, failedBuildsHistoryLimit],
    ] as const) {
        const created = ({ metadata }: Build) =>
            Number(metadata.annotations?.["openshift.io/build.number"] ?? 0);
        const oldest = [...list].sort((one, other) => created(other) - created(one));
        for (const { metadata } of limit === undefined ? [] : oldest.slice(limit)) {
            await client.remove("builds", namespace, metadata.name, { uid: metadata.uid });
        }
    }
}
