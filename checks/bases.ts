import * as pulumi from "@pulumi/pulumi";

import { formatImageReference, type ImageReference } from "../config/imageReference";
import { reasonOf } from "../config/promotionRefusal";
import type { Login } from "../registry/login";
import { refusal } from "../config/refusal";
import { pinnedBases } from "./source/basesIn";
import { type DockerfileAt } from "./source/dockerfile";
import { readDockerfile } from "./source/dockerfileText";
import { baseReference, findBase, type FoundBase } from "./baseImage";

/** A Dockerfile that would be built. */
export interface BuiltDockerfile extends DockerfileAt {
    /** The setting that names it, e.g. `multiarch:images[0].dockerfilePath`. */
    readonly key: string;
    readonly architectures: readonly string[];
    readonly buildArgs: Readonly<Record<string, string>>;
}

/** An image by digest, and the architectures that are built on it. */
interface Use {
    readonly where: string;
    readonly line: number;
    readonly reference: ImageReference;
    readonly architectures: string[];
}

/** For all registries together. */
const TIME_LIMIT = 10_000;

/**
 * Asks the registries what the bases are that Dockerfiles pin by digest. The builder stamps its own architecture on
 * whatever it builds: on a base for another one it makes an image that looks right and does not run.
 *
 * Throws a `RunError` that names every base that is not for what is built on it; warns of those nobody could ask for.
 */
export async function checkBases(
    dockerfiles: readonly BuiltDockerfile[],
    account: (registry: string) => Promise<Login | undefined>,
    { read = readDockerfile, timeLimit = TIME_LIMIT } = {},
): Promise<void> {
    const uses = (
        await Promise.all(dockerfiles.map(async (file) => usesIn(file, await read(file))))
    ).flat();
    const signal = AbortSignal.timeout(timeLimit);
    const asked = new Map<string, Promise<FoundBase | Error>>();
    const problems = await Promise.all(
        uses.map(async (use) => {
            const { reference } = use;
            const name = formatImageReference({ ...reference, tag: undefined });
            const answer =
                asked.get(name) ??
                account(reference.registry)
                    .then(async (login) => findBase(reference, login, signal))
                    .catch((error: unknown) => new Error(reasonOf(error), { cause: error }));
            asked.set(name, answer);
            const found = await answer;
            if (found instanceof Error) {
                await pulumi.log.warn(
                    `${use.where}, line ${use.line}: the base ${name} could not be checked: ${found.message}. If it is not the digest of a manifest list with ${use.architectures.join(", ")}, the images are wrong; see: skopeo inspect --raw docker://${name}`,
                );
                return [];
            }
            return problemsOf(use, name, found);
        }),
    );
    const lines = problems.flat();
    if (lines.length > 0) {
        throw refusal(
            ["Nothing was changed: a base image is not for what is built on it.", ...lines].join(
                "\n",
            ),
        );
    }
}

function usesIn(file: BuiltDockerfile, text: string | undefined): readonly Use[] {
    const uses = new Map<string, Use>();
    for (const architecture of text === undefined ? [] : file.architectures) {
        for (const { line, image } of pinnedBases(text ?? "", file.buildArgs, architecture)) {
            const reference = baseReference(image);
            const where = `${file.key} ${JSON.stringify(file.dockerfilePath)}`;
            if (reference !== undefined) {
                const use = uses.get(`${line} ${image}`) ?? {
                    where,
                    line,
                    reference,
                    architectures: [],
                };
                use.architectures.push(architecture);
                uses.set(`${line} ${image}`, use);
            }
        }
    }
    return [...uses.values()];
}

function problemsOf(use: Use, name: string, { kind, architectures }: FoundBase): string[] {
    const missing = use.architectures.filter((it) => !architectures.includes(it));
    if (missing.length === 0) {
        return [];
    }
    const has = architectures.join(", ") || "nothing that runs Linux";
    const is = kind === "list" ? `a manifest list with ${has} only` : `one image, for ${has} only`;
    const tag = formatImageReference({
        ...use.reference,
        tag: use.reference.tag ?? "TAG",
        digest: undefined,
    });
    return [
        `  ${use.where}, line ${use.line}: ${name} is ${is}, and would be the base for ${missing.join(", ")}: expected the digest of a manifest list with ${use.architectures.join(", ")}`,
        "Next:",
        `  regctl manifest head ${tag} (or: skopeo inspect --raw docker://${tag} | sha256sum); write that digest into the Dockerfile, commit and push`,
    ];
}
