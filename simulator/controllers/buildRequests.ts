import type { SimClock } from "../clock";
import { ApiFailure, type Client } from "./client";
import { timestamp } from "./time";
import type { Build, BuildConfig, BuildSpec } from "./workloads";

/** What `POST buildconfigs/NAME/instantiate` is asked with. */
export interface BuildRequest {
    readonly metadata?: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly revision?: { readonly type: string; readonly git?: { readonly commit?: string } };
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/**
 * Makes a Build of a BuildConfig, as OpenShift's API server does (4.21): the BuildConfig counts it, and its number is its name's
 * end. Rejects with an ApiFailure of 403 where there is no such BuildConfig.
 */
export async function instantiate(
    client: Client,
    clock: SimClock,
    namespace: string,
    name: string,
    request: BuildRequest,
): Promise<Build> {
    const config = await client.get<BuildConfig>("buildconfigs", namespace, name);
    if (config === undefined) {
        // Admission asks for it first, and its answer is taken for a refusal (seen with OpenShift 4.21).
        const what = `buildconfigs.build.openshift.io "${name}"`;
        throw new ApiFailure(403, "Forbidden", `${what} is forbidden: ${what} not found`);
    }
    const number = (config.status?.lastVersion ?? 0) + 1;
    await client.patch("buildconfigs", namespace, name, { status: { lastVersion: number } });
    const { metadata } = config;
    const now = timestamp(clock);
    const { commit } = request.revision?.git ?? {};
    return client.create<Build>("builds", namespace, {
        apiVersion: "build.openshift.io/v1",
        kind: "Build",
        metadata: {
            name: `${name}-${number}`,
            namespace,
            labels: {
                ...metadata.labels,
                ...request.metadata?.labels,
                buildconfig: name,
                "openshift.io/build-config.name": name,
                "openshift.io/build.start-policy": config.spec.runPolicy ?? "Serial",
            },
            annotations: {
                ...metadata.annotations,
                ...request.metadata?.annotations,
                "openshift.io/build-config.name": name,
                "openshift.io/build.number": String(number),
            },
            ownerReferences: [
                {
                    apiVersion: "build.openshift.io/v1",
                    kind: "BuildConfig",
                    name,
                    uid: metadata.uid,
                    controller: true,
                },
            ],
        },
        spec: {
            serviceAccount: "builder",
            ...buildSpec(config.spec),
            ...(commit !== undefined && {
                revision: { type: "Git", git: { commit, author: {}, committer: {} } },
            }),
            triggeredBy: [{ message: "Manually triggered" }],
        },
        status: {
            phase: "New",
            config: { kind: "BuildConfig", namespace, name },
            output: {},
            conditions: [
                { type: "New", status: "True", lastUpdateTime: now, lastTransitionTime: now },
            ],
        },
    });
}

/** Of a BuildConfig's spec what its Builds have. */
function buildSpec(spec: BuildConfig["spec"]): BuildSpec {
    const { source, strategy, output, resources, completionDeadlineSeconds, nodeSelector } = spec;
    return {
        source,
        strategy,
        output,
        ...(resources && { resources }),
        ...(completionDeadlineSeconds !== undefined && { completionDeadlineSeconds }),
        ...(nodeSelector && { nodeSelector }),
    };
}
