import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

/** Folder of the repository. */
export const root = join(__dirname, "../..");

/** A step of a job. */
export interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
}

/** A job: steps, or another workflow. */
export interface Job {
    readonly if?: string;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly "timeout-minutes"?: number;
    readonly uses?: string;
    readonly steps?: readonly Step[];
}

/** A workflow as its file has it. */
export interface Workflow {
    readonly on: Readonly<Record<string, unknown>>;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly concurrency?: { readonly group: string };
    readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, ".github/workflows");

/** Every workflow of the repository: name of its file, text, and what that says. */
export const workflows = readdirSync(folder).map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    return { name, text, workflow: parse(text) as Workflow };
});

/** Every `run` of every workflow. */
export const commands = workflows.flatMap(({ workflow }) =>
    Object.values(workflow.jobs).flatMap(({ steps = [] }) =>
        steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
    ),
);
