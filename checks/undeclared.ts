import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import type { Config } from "../config/loadConfig";
import { refusal } from "../config/refusal";

/** What the engine answers about a stack's resources (pulumi 3.260, pkg/resource/deploy/builtins.go). */
const Answer = z.object({
    outputs: z.record(z.string(), z.object({ type: z.string(), outputs: z.unknown() })).default({}),
});
const Named = z.object({ metadata: z.object({ name: z.string() }) });

/** A resource in a stack's state. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    /** Name of the object in the cluster; nothing where it is not known. */
    readonly object: string | undefined;
}

/** The resources that the stack's last update left in its state; rejects when the engine cannot read it. */
export async function stateResources(): Promise<StateResource[]> {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
        stackName: name,
    });
    return Object.entries(Answer.parse(answer).outputs).map(([urn, { type, outputs }]) => ({
        urn,
        type,
        object: Named.safeParse(outputs).data?.metadata.name,
    }));
}

const NAMESPACE = "kubernetes:core/v1:Namespace";
const IMAGE_STREAM = "kubernetes:image.openshift.io/v1:ImageStream";

/**
 * Refuses a configuration that no longer declares what holds others' objects: Pulumi deletes what is not declared, a namespace
 * with all in it, and an ImageStream with its images.
 *
 * Throws a `RunError` that names each setting and what to do instead. An image that is no longer listed is removed, as
 * whoever took it out of the list wants it.
 */
export function refuseUndeclared(
    { namespace, images }: Config,
    resources: readonly StateResource[],
): void {
    const made = resources.find(({ type }) => type === NAMESPACE);
    const stack = pulumi.getStack();
    const problems: string[] = [];
    if (made?.object !== undefined && !namespace.create) {
        problems.push(
            `multiarch:namespace.create is false, and this stack made the namespace ${made.object}: without a declaration it would be deleted, with all that anybody has in it: expected true, as before`,
            `  pulumi config set --path multiarch:namespace.create true --stack ${stack}`,
        );
    } else if (made?.object !== undefined && made.object !== namespace.name) {
        problems.push(
            `multiarch:namespace.name is ${JSON.stringify(namespace.name)}, and this stack made the namespace ${made.object}, which would be deleted with all that anybody has in it: expected ${JSON.stringify(made.object)}, or another stack for the other namespace`,
            `  pulumi config set --path multiarch:namespace.name ${made.object} --stack ${stack}`,
        );
    }
    images.forEach(({ name, digest }, index) => {
        const stream = resources.find(
            ({ urn, type }) => type === IMAGE_STREAM && urn.endsWith(`::${name}-stream`),
        );
        if (digest !== undefined && stream !== undefined) {
            problems.push(
                `multiarch:images[${index}].digest is set, and this stack has built ${name} up to now: its ImageStream would be deleted, with the images that others may run from it: expected no digest, or another name for what is only deployed. Once nobody needs those images:`,
                `  pulumi destroy --stack ${stack} --target-dependents --target '${stream.urn}'`,
            );
        }
    });
    if (problems.length > 0) {
        throw refusal(
            [
                "Nothing was changed: the configuration no longer declares what others may have things in.",
                ...problems.map((line) => `  ${line}`),
            ].join("\n"),
        );
    }
}
