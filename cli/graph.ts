import "./plan/shellText";

import { readFileSync, writeFileSync } from "node:fs";

import { parseGraph } from "./plan/arguments";
import { withGraph } from "./plan/graphBlock";
import { runMain } from "./plan/main";
import { mermaidText } from "./plan/mermaid";
import { recordStack } from "./plan/recordStack";

/** `npm run graph`: draws a stack as a Mermaid flowchart, on the terminal or between the marks of a document. */
runMain("graph", async () => {
    const { check, write, ...place } = parseGraph(process.argv.slice(2));
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
