import { application } from "./application";
import { architectures } from "./architecture";
import { section, text, textByName, uniqueList } from "./fields";
import { gitSource } from "./git";
import { isDigest, isTag, parseImageReference, wantsNamespace } from "./imageReference";
import { dnsLabel, resources } from "./kubernetesNames";

/**
 * The longest name made from an image's name is that of the publisher's pod: `-publish-`, 8 characters of a hash,
 * `-` and 5 characters from the Job controller make 23, and a label may have 63.
 */
const nameLength = 40;

/** Set for each architecture by the program, as the manifests that it replaces did by hand. */
const reservedArgs = new Set(["GOOS", "GOARCH"]);

/** Tags to move; more of them make every update slower, one request each. */
const maxTags = 10;

function isRelativePath(path: string): boolean {
    return /^[^/\\\p{C}-][^\\\p{C}]*$/u.test(path) && !path.split("/").includes("..");
}

/** An image to build, to deploy, or both. */
export const image = section({
    /** Name of the image's objects in the cluster; 40 characters leave room for what is appended. */
    name: dnsLabel(nameLength),
    /** Dockerfile, relative to `contextDir`. */
    dockerfilePath: text('a path without ".." relative to contextDir', isRelativePath).default(
        "Dockerfile",
    ),
    /** Folder of the repository that is sent to the build. */
    contextDir: text('a path without ".." relative to the repository', isRelativePath).default("."),
    /** Values of the Dockerfile's ARGs, in plain text. GOOS and GOARCH are set for each architecture. */
    buildArgs: textByName(
        'an ARG of letters, digits and "_" other than GOOS and GOARCH, which are set for each architecture',
        (name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reservedArgs.has(name),
    ).default({}),
    /** Repository that the manifest list is pushed to, `registry/namespace/name`, without a tag. */
    destination: text(
        "a repository, registry/namespace/name in lower case, without tag and digest",
        (value) => {
            const reference = parseImageReference(value);
            return (
                reference !== undefined &&
                reference.tag === undefined &&
                reference.digest === undefined &&
                (!wantsNamespace(reference.registry) || reference.repository.includes("/"))
            );
        },
    ),
    /** Tags that move to the new manifest list once it has been verified. */
    tags: uniqueList(
        text(
            'a tag of at most 128 letters, digits, "_", "." and "-", in quotes, not beginning with "." or "-"',
            isTag,
        ),
        "tags",
        { max: maxTags },
    ).default(["latest"]),
    /** Where the source comes from, in place of the stack's `git` as a whole. */
    git: gitSource.optional(),
    /** Digest to deploy, in place of building: what promotion writes, and what a roll-back sets. */
    digest: text("a digest, sha256: and 64 hexadecimal digits in lower case", isDigest).optional(),
    /** Architectures of this image, in place of the stack's `architectures`. */
    architectures: architectures.optional(),
    /** CPU and memory of the build pods, in place of the stack's `build.resources`. */
    resources: resources().optional(),
    /** What runs of this image; without it, the image is only built. */
    application: application.optional(),
});
