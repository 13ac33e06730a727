import { formatImageReference } from "../../config/imageReference";
import type { Change } from "./changes";
import { noDigest } from "./gitHistory";
import type { StackFile } from "./stackFile";

/** What would change, for a person to decide on. */
export function describeChanges(
    from: string | undefined,
    target: StackFile,
    changes: readonly Change[],
): string {
    const origin = from === undefined ? "back to what it ran before" : `from ${from}`;
    return [
        `promote: ${target.stack}, ${origin} (${target.shown})`,
        ...changes.flatMap((change) => ["", ...describeChange(change, from, target)]),
        "",
    ].join("\n");
}

function describeChange(
    { image, digest, list, copyFrom, pods }: Change,
    from: string | undefined,
    { namespace }: StackFile,
): string[] {
    const old = image.digest === undefined || image.digest === noDigest ? "none" : image.digest;
    const place = formatImageReference({ ...image.destination });
    const source = copyFrom && formatImageReference(copyFrom.repository.image);
    return [
        image.name,
        `  digest     ${old}`,
        `          -> ${digest}`,
        `  commit     ${list.commit}`,
        `  platforms  ${Object.keys(list.platforms).join(", ")}`,
        `  image      ${place}${source === undefined ? "" : `, copied from ${source}`}`,
        `  rolls      Deployment ${image.deployment} in ${namespace}`,
        pods === undefined
            ? "  health     not asked: it ran here before"
            : `  health     ${pods} of ${pods} pods available in ${from ?? ""}`,
    ];
}

/** The message of the commit that a promotion is. */
export function commitMessage(target: StackFile, changes: readonly Change[]): string {
    const names = changes.map(({ image }) => image.name).join(", ");
    const lines = changes.map(
        ({ image, digest, list }) => `${image.name}: ${digest}, commit ${list.commit}`,
    );
    return `Promote ${names} to ${target.stack}\n\n${lines.join("\n")}\n`;
}
