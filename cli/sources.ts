import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

import { runMain } from "./commandLine/main";
import { readWords } from "./commandLine/words";
import { UsageError } from "../config/usageError";

const root = join(__dirname, "..");

/** What the scripts for contributors do, and their shell lines, of which each runs when those before it were fine. */
const TASKS: Readonly<Record<string, { readonly what: string; readonly lines: string[] }>> = {
    lint: {
        what: "Runs ESLint, dependency-cruiser, Prettier, the checks of written files, and shellcheck.",
        lines: [
            "eslint . --max-warnings 0",
            "depcruise --config .dependency-cruiser.cjs .",
            "prettier --check .",
            "node --require tsx/cjs cli/configTable.ts --check",
            "node --require tsx/cjs cli/graph.ts --check README.md",
            "shellcheck cli/*.sh .ci/run .ci/programs/build.sh .github/scripts/*.sh build/*.sh steps/publish/scripts/*.sh testbed/sandbox/*/*.sh testbed/sandbox/fixture/service/main.sh",
        ],
    },
    typecheck: { what: "Checks types, those of the tests included.", lines: ["tsc"] },
    format: { what: "Formats all files with Prettier.", lines: ["prettier --write ."] },
};

const [name = "", ...rest] = process.argv.slice(2);
const task = TASKS[name];

/** `npm run lint`, `typecheck` and `format`. */
runMain(
    {
        name,
        what: task?.what ?? "",
        usage: [`npm run ${name}`],
        options: [],
        failure: "a tool found something, which it shows",
    },
    () => {
        if (task === undefined) {
            throw new UsageError(`expected one of ${Object.keys(TASKS).join(", ")}.`);
        }
        readWords(rest, {});
        const bin = join(root, "node_modules/.bin");
        const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
        const failed = task.lines.some(
            (line) =>
                spawnSync("sh", ["-c", line], { cwd: root, env, stdio: "inherit" }).status !== 0,
        );
        return Promise.resolve(failed ? 1 : 0);
    },
);
