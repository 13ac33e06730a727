import type { Cluster } from "../../cluster/cluster";
import type { PromoteRequest } from "./arguments";
import { type Change, type Sources, changeOf, imagesOf } from "./changes";
import { copyList } from "../../registry/copyList";
import { endOf } from "./credentials";
import { commitMessage, describeChanges } from "./describe";
import { commitFile, requireClean } from "./gitHistory";
import { imageIn } from "./outputs";
import type { PulumiCli } from "./pulumiCli";
import { refuse } from "../../config/promotionRefusal";
import { type StackFile, readStackFile, stackPath } from "./stackFile";
import { verifyList } from "../../registry/verifyList";
import { writeChanges } from "./writeChanges";

/** What a promotion works with. */
export interface Surroundings {
    /** Folder of the stacks' files. */
    readonly folder: string;
    readonly cli: PulumiCli;
    /** The cluster of a stack. */
    readonly cluster: (file: StackFile) => Cluster;
    /** Shows something. */
    readonly say: (text: string) => void;
    /** Asks whether to go on; undefined when there is nobody to ask. */
    readonly confirm: () => Promise<boolean | undefined>;
}

/** Checks images of one stack and writes their digests into another's file; refuses, or returns the exit code. */
export async function promote(
    request: PromoteRequest,
    { folder, cli, cluster, say, confirm }: Surroundings,
): Promise<number> {
    const path = request.configFile ?? stackPath(folder, request.to);
    const target = readStackFile(request.to, path);
    await requireClean(path, target.shown);
    // A roll back does not depend on what the source runs now.
    const from = request.toPrevious ? undefined : request.from;
    const file = from === undefined ? undefined : readStackFile(from, stackPath(folder, from));
    const [outputs, targetOutputs] = await Promise.all([
        from === undefined ? undefined : cli.outputs(from),
        cli.outputs(request.to),
    ]);
    const source = file && { file, outputs };
    const sources: Sources = { cli, target, targetOutputs, cluster, ...(source && { source }) };
    const images = imagesOf(request, sources);
    const all = await Promise.all(images.map((image) => changeOf(image, request, sources)));
    const changes = all.filter(({ image, digest }) => image.digest !== digest);
    if (changes.length === 0) {
        say(`promote: nothing to do, ${target.shown} has these digests already.\n`);
        return 0;
    }
    say(describeChanges(from, target, changes));
    if (request.dryRun) {
        say("promote: --dry-run: nothing was written.\n");
        return 0;
    }
    if (!request.yes && !(await agreed(confirm, target))) {
        say("promote: nothing was written.\n");
        return 1;
    }
    for (const change of changes) {
        await copy(change, sources);
    }
    if (from !== undefined) {
        requireSame(changes, from, request.to, await cli.outputs(from));
    }
    writeChanges(target, changes);
    say(`promote: wrote ${target.shown}. ${await next(request, target, changes)}\n`);
    return 0;
}

async function agreed(confirm: Surroundings["confirm"], target: StackFile): Promise<boolean> {
    const answer = await confirm();
    if (answer === undefined) {
        throw refuse({
            key: "--yes",
            is: "is not given, and there is no terminal to ask on",
            accepted: "--yes or --dry-run",
            next: `npm run promote -- --to ${target.stack} --dry-run`,
        });
    }
    return answer;
}

/** Brings a list to where the target pulls from, and looks at it there as it was looked at before. */
async function copy({ image, digest, list, copyFrom }: Change, sources: Sources): Promise<void> {
    if (copyFrom === undefined) {
        return;
    }
    const end = await endOf(sources.target, image.destination, sources.cli);
    // As the publisher names it: by commit and digest.
    const tag = `${list.commit.slice(0, 12)}-${digest.slice("sha256:".length).slice(0, 8)}`;
    await copyList(copyFrom, end, digest, tag);
    const { architectures } = image;
    await verifyList(end.repository, { digest, architectures, commit: list.commit });
}

/** Refuses when the source has been updated since it was looked at. */
function requireSame(changes: readonly Change[], from: string, to: string, outputs: unknown): void {
    for (const { image, digest, pods } of changes) {
        const now = imageIn(outputs, image.name)?.digest;
        if (pods !== undefined && now !== digest) {
            throw refuse({
                key: `stack ${from}`,
                is: `was updated meanwhile: ${image.name} is ${now ?? "gone"}`,
                accepted: `${digest}, which was checked`,
                next: `npm run promote -- --from ${from} --to ${to}`,
            });
        }
    }
}

async function next(
    { commit, to }: PromoteRequest,
    target: StackFile,
    changes: readonly Change[],
): Promise<string> {
    const rollOut = `pulumi up --stack ${to}`;
    return commit
        ? `Committed as ${await commitFile(target.path, commitMessage(target, changes))}. Next: ${rollOut}`
        : `Next: git diff -- ${target.shown}; git commit -- ${target.shown}; ${rollOut}`;
}
