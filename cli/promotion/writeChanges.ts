import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

import type { Change } from "./changes";
import { EditError, writeDigest } from "./editDigest";
import { refuse } from "../../config/promotionRefusal";
import type { StackFile } from "./stackFile";

/** Writes all digests at once, unless the file has changed since it was read. */
export function writeChanges(target: StackFile, changes: readonly Change[]): void {
    let text: string;
    try {
        text = changes.reduce(
            (so, { image, digest }) => writeDigest(so, image.name, digest),
            target.text,
        );
    } catch (error) {
        if (!(error instanceof EditError)) {
            throw error;
        }
        const hand = { accepted: "a section in YAML", next: `edit ${target.shown}` };
        throw refuse({ key: target.shown, is: error.message, ...hand });
    }
    const temporary = `${target.path}.${process.pid}`;
    writeFileSync(temporary, text, { mode: statSync(target.path).mode });
    if (readFileSync(target.path, "utf8") !== target.text) {
        rmSync(temporary);
        throw refuse({
            key: target.shown,
            is: "was changed by somebody else meanwhile",
            accepted: "the file as it was read",
            next: `git diff -- ${target.shown}`,
        });
    }
    renameSync(temporary, target.path);
}
