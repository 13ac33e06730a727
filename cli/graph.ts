import "./plan/shellText";

import { readFileSync, writeFileSync } from "node:fs";

import { parseGraph } from "./plan/arguments";
import { withGraph } from "./plan/graphBlock";
import { runMain } from "./commandLine/main";
import { mermaidText } from "./plan/mermaid";
import { recordStack } from "./plan/recordStack";

/** `npm run graph`: draws a stack as a Mermaid flowchart, on the terminal or between the marks of a document. */
const help = {
    name: "graph",
    what: "Draws a stack as a Mermaid flowchart, offline.",
    usage: ["npm run graph -- [--stack NAME] [--write FILE | --check FILE]"],
    options: [
        ["--stack NAME", "the stack; dev if none is given"],
        ["--config-file FILE", "the stack's file; Pulumi.NAME.yaml if none is given"],
        ["--write FILE", "write the drawing between the marks of a document"],
        ["--check FILE", "fail where a document shows another drawing"],
    ],
    failure: "the configuration is refused, or with --check the document is stale",
} as const;

runMain(help, async (words) => {
    const { check, write, ...place } = parseGraph(words);
    const graph = mermaidText(await recordStack(place));
    const file = check ?? write;
    if (file === undefined) {
        process.stdout.write(graph);
        return 0;
    }
    const document = readFileSync(file, "utf8");
    const fresh = withGraph(document, graph, file);
    if (write !== undefined) {
        writeFileSync(write, fresh);
    } else if (fresh !== document) {
        const stack = place.stack === "dev" ? "" : `--stack ${place.stack} `;
        process.stderr.write(
            `graph: ${file} does not show what the program declares. Run: npm run graph -- ${stack}--write ${file}\n`,
        );
        return 1;
    }
    return 0;
});
