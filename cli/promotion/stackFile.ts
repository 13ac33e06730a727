import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { z } from "zod";

import { type ImageReference, parseImageReference } from "../../config/imageReference";
import { reasonOf, refuse } from "../../config/promotionRefusal";
import { parseStackYaml } from "../../config/stackYaml";

const image = z.object({
    name: z.string(),
    destination: z.string().transform((text, context) => {
        const reference = parseImageReference(text);
        if (reference === undefined) {
            context.addIssue({ code: "custom", message: "no repository" });
            return z.NEVER;
        }
        return { reference, text };
    }),
    digest: z.string().nullish(),
    architectures: z.array(z.string()).optional(),
    application: z.object({ name: z.string().optional() }).nullish(),
});

const kubernetes = z.object({
    context: z.string().optional(),
    kubeconfig: z.string().optional(),
});

/** The part of a stack's configuration that promotion reads; the program checks all of it. */
const config = z.object({
    "multiarch:namespace": z.object({ name: z.string() }),
    "multiarch:architectures": z.array(z.string()).default(["amd64", "arm64"]),
    "multiarch:images": z.array(image),
    "multiarch:kubernetes": kubernetes.default({}),
    "multiarch:registry": z.object({ username: z.string().optional() }).default({}),
    "multiarch:registryPassword": z.unknown().optional(),
});

/** An image as a stack's file has it. */
export interface StackImage {
    readonly name: string;
    /** Name of the Deployment that runs it. */
    readonly deployment: string;
    /** Registry and repository. */
    readonly destination: ImageReference;
    /** As it is written, `registry/namespace/name`. */
    readonly repository: string;
    readonly digest: string | undefined;
    readonly architectures: readonly string[];
}

/** A stack's file, as it was read. */
export interface StackFile {
    readonly stack: string;
    readonly path: string;
    /** The path as commands take it. */
    readonly shown: string;
    readonly text: string;
    readonly namespace: string;
    readonly images: readonly StackImage[];
    readonly kubernetes: z.output<typeof kubernetes>;
    /** Account of the registry, when the stack has one with a password. */
    readonly registryUser: string | undefined;
}

/** Where a stack's file is: `Pulumi.<last part of its name>.yaml`. */
export function stackPath(folder: string, stack: string): string {
    return join(folder, `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`);
}

/** Reads a stack's file; refuses when there is none, or when promotion cannot make sense of it. */
export function readStackFile(stack: string, path: string): StackFile {
    const shown = relative(process.cwd(), path).startsWith("..")
        ? path
        : relative(process.cwd(), path);
    if (!existsSync(path)) {
        throw refuse({
            key: `stack ${stack}`,
            is: `there is no ${shown}`,
            accepted: "a stack with a file of its configuration",
            next: "ls Pulumi.*.yaml && pulumi stack ls",
        });
    }
    const text = readFileSync(path, "utf8");
    const found = parsed(stack, shown, text);
    const user = found["multiarch:registry"].username;
    return {
        ...{ stack, path, shown, text },
        namespace: found["multiarch:namespace"].name,
        images: found["multiarch:images"].map((it) => ({
            name: it.name,
            deployment: it.application?.name ?? it.name,
            destination: it.destination.reference,
            repository: it.destination.text,
            digest: it.digest ?? undefined,
            architectures: it.architectures ?? found["multiarch:architectures"],
        })),
        kubernetes: found["multiarch:kubernetes"],
        registryUser: found["multiarch:registryPassword"] === undefined ? undefined : user,
    };
}

function parsed(stack: string, shown: string, text: string): z.output<typeof config> {
    let reason: string;
    try {
        const { data, error } = z.object({ config }).safeParse(parseStackYaml(text));
        if (data !== undefined) {
            return data.config;
        }
        reason = error.issues.map(({ path }) => path.slice(1).join(".")).join(", ");
    } catch (error) {
        reason = reasonOf(error).split("\n")[0] ?? "";
    }
    throw refuse({
        key: shown,
        is: `cannot be read: ${reason}`,
        accepted: "the configuration of a stack, see docs/configuration.md",
        next: `pulumi preview --stack ${stack}`,
    });
}
