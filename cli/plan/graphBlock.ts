import { UsageError } from "../../config/usageError";

const BEGIN = "<!-- graph:begin -->";
const END = "<!-- graph:end -->";

/** A document with the graph between its marks, in place of what is there; `file` is its name, for messages. */
export function withGraph(document: string, graph: string, file: string): string {
    const [before, rest, ...more] = document.split(BEGIN);
    const [old, after, ...ends] = (rest ?? "").split(END);
    if (
        before === undefined ||
        old === undefined ||
        after === undefined ||
        more.length + ends.length > 0
    ) {
        throw new UsageError(
            `${file}: expected one line ${BEGIN} and, after it, one line ${END}; put both where the graph belongs.`,
        );
    }
    return `${before}${BEGIN}\n\n\`\`\`mermaid\n${graph}\`\`\`\n\n${END}${after}`;
}
