import { isGitRef } from "../../config/gitRef";
import { gitUrlAccepted, gitUrlProblem } from "../../config/gitUrl";
import { parseImageReference } from "../../config/imageReference";
import { UsageError } from "../../config/usageError";

/** Options of `npm run init`, and what the value of each is called. */
export const FLAGS = {
    "--stack": "NAME",
    "--namespace": "NAME",
    "--create-namespace": "yes|no",
    "--git-url": "URL",
    "--git-ref": "REF",
    "--image": "NAME",
    "--dockerfile": "PATH",
    "--destination": "REPOSITORY",
    "--port": "NUMBER|none",
    "--probe": "PATH",
    "--architectures": "LIST",
    "--push-secret": "NAME",
    "--username": "NAME",
    "--promotion": "STACK,STACK",
    "--dir": "FOLDER",
    "--json": undefined,
} as const;

const ARCHITECTURES = ["amd64", "arm64", "ppc64le", "s390x"];
const label = (length: number) => (value: string) =>
    value.length <= length && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(value);

/** What each value must be: how it is checked, and the words for it. */
const RULES: Readonly<Record<string, readonly [(value: string) => boolean, string]>> = {
    "--stack": [(value) => /^[\w.-]{1,100}$/.test(value), "letters, digits, . _ and -"],
    "--namespace": [label(63), "lower-case letters, digits and -, at most 63"],
    "--create-namespace": [(value) => ["yes", "no"].includes(value), "yes or no"],
    "--git-url": [(value) => gitUrlProblem(value) === undefined, gitUrlAccepted],
    "--git-ref": [isGitRef, "a branch or a tag"],
    "--image": [label(40), "lower-case letters, digits and -, at most 40"],
    "--dockerfile": [
        (value) => /^[^/\\-][^\\]*$/.test(value) && !value.split("/").includes(".."),
        "a path in the repository",
    ],
    "--destination": [
        (value) => {
            const reference = parseImageReference(value);
            return (
                reference?.repository.includes("/") === true &&
                reference.tag === undefined &&
                reference.digest === undefined
            );
        },
        "registry/namespace/name in lower case, without tag and digest",
    ],
    "--port": [
        (value) => value === "none" || (/^\d{1,5}$/.test(value) && +value >= 1 && +value <= 65535),
        "a port from 1 to 65535, or none for an image that is only built",
    ],
    "--probe": [(value) => /^\/[\x21-\x7e]*$/.test(value), 'a path that begins with "/"'],
    "--architectures": [
        (value) => value.split(",").every((one) => ARCHITECTURES.includes(one)),
        `one or more of ${ARCHITECTURES.join(",")}, with commas`,
    ],
    "--push-secret": [label(63), "the name of a Secret in the namespace"],
    "--username": [(value) => /^\S+$/.test(value), "an account without white space"],
    "--promotion": [
        (value) => value.split(",").every((one) => /^[\w.-]+$/.test(one)),
        "names of stacks, with commas",
    ],
};

/** Returns the value if it is accepted; throws a {@link UsageError} that says what would be. */
export function checked(flag: string, value: string): string {
    const [accepts, accepted] = RULES[flag] ?? [() => true, ""];
    if (!accepts(value)) {
        // An account in a URL is not shown.
        const shown = flag === "--git-url" ? "" : ` ${JSON.stringify(value)}`;
        throw new UsageError(`${flag}${shown}: expected ${accepted}.`);
    }
    return value;
}
