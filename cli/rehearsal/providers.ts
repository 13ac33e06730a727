import { randomUUID } from "node:crypto";

import type { Registry } from "../../simulator/registry/registry";
import { Clusters, programNamed, programs } from "../../steps/programs";
import type { Properties } from "../engine/monitor";
import type { Provider } from "../engine/update";

const refuse = (what: string) => Promise.reject(new Error(`${what} is not rehearsed`));

/** Stands in for the providers themselves, which are resources too. */
export const providerResources: Provider = {
    create: (_, inputs) => Promise.resolve({ id: randomUUID(), outputs: inputs }),
    update: (_, inputs) => Promise.resolve(inputs),
    replaces: () => false,
    delete: () => Promise.resolve(),
    invoke: ({ token }) => refuse(token),
};

/** Stands in for Pulumi's Command provider: runs what the Command's line names, in this process. */
export function commandProvider(
    directory: string,
    report: (name: string, line: string) => void,
    signal: AbortSignal,
): Provider {
    const clusters = new Clusters();
    const run = async (name: string, inputs: Properties): Promise<Properties> => {
        const { create, environment } = inputs as {
            create: string;
            environment: Readonly<Record<string, string>>;
        };
        const program = programNamed(create.split(" ").at(-1) ?? "", programs);
        const result = await program(
            { environment, directory },
            (line) => {
                report(name, line);
            },
            signal,
            clusters,
        );
        return { stdout: JSON.stringify(result), stderr: "" };
    };
    return {
        create: async ({ name }, inputs) => ({
            id: randomUUID(),
            outputs: await run(name, inputs),
        }),
        update: ({ name }, inputs) => run(name, inputs),
        // There are no triggers.
        replaces: () => false,
        delete: () => Promise.resolve(),
        invoke: ({ token }) => refuse(token),
    };
}

/** Stands in for Pulumi's Docker provider: reads lists from the simulated registry. */
export function dockerProvider(registry: Registry): Provider {
    return {
        ...providerResources,
        invoke: ({ token, inputs }) => {
            const [, repository = "", digest = ""] =
                /^[^/]+\/(.+?)(?::[^/:@]*)?@(sha256:[0-9a-f]{64})$/.exec(String(inputs["name"])) ??
                [];
            const list = registry.repository(repository).manifest(digest);
            if (!token.endsWith(":getRegistryImageManifests") || list === undefined) {
                return refuse(`${token} of ${String(inputs["name"])}`);
            }
            const { manifests } = JSON.parse(list.bytes.toString()) as {
                manifests: { digest: string; platform: { architecture: string; os: string } }[];
            };
            return Promise.resolve({
                manifests: manifests.map((child) => ({
                    ...child.platform,
                    sha256Digest: child.digest,
                })),
            });
        },
    };
}
