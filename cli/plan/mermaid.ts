import { type Group, keysIn, mergedTree, sharedName } from "./merge";
import { Order } from "./order";
import { type Recording, spell } from "./recording";

/** A Mermaid flowchart of a recording: components around resources, an arrow to each from what it waits for. */
export function mermaidText(recording: Recording): string {
    const order = new Order(recording);
    const ids = new Map<string, string>();
    const commands = new Set(
        recording.resources.filter(({ role }) => role === "command").map(({ key }) => key),
    );
    const questions = new Set(recording.questions.map(({ key }) => key));

    const label = ({ kind, keys }: Group, between: string) => {
        const name = sharedName(keys.map((key) => key.slice(key.indexOf(" ") + 1)));
        return `"${escape(spell(kind, recording.standIns))}${between}${escape(spell(name, recording.standIns))}"`;
    };
    const leaf = (group: Group, id: string) => {
        const [key = ""] = group.keys;
        const text = label(group, "<br/>");
        if (questions.has(key)) {
            return `${id}{{${text}}}`;
        }
        return commands.has(key) ? `${id}[[${text}]]` : `${id}[${text}]`;
    };
    let boxes = 0;
    const draw = (groups: readonly Group[], indent: string): string[] =>
        groups.flatMap((group) => {
            if (group.children.length === 0) {
                const id = `n${new Set(ids.values()).size + 1}`;
                group.keys.forEach((key) => ids.set(key, id));
                return [`${indent}${leaf(group, id)}`];
            }
            boxes += 1;
            return [
                `${indent}subgraph s${boxes}[${label(group, " ")}]`,
                ...draw(group.children, `${indent}  `),
                `${indent}end`,
            ];
        });

    const tree = mergedTree(recording);
    const nodes = draw(tree, "  ");
    const arrows = tree
        .flatMap(keysIn)
        .flatMap((key) => order.waits(key).map((first) => [ids.get(first), ids.get(key)] as const))
        .flatMap(([from, to]) =>
            from === undefined || to === undefined || from === to ? [] : [`  ${from} --> ${to}`],
        );
    return ["flowchart TB", ...nodes, ...new Set(arrows), ""].join("\n");
}

/** Text for a label in quotes, where Mermaid reads entities, HTML, and a leading backtick as Markdown. */
function escape(text: string): string {
    const entities: Readonly<Record<string, string>> = {
        "#": "#35;",
        "&": "#amp;",
        '"': "#quot;",
        "<": "#lt;",
        ">": "#gt;",
        "`": "#96;",
    };
    return text.replace(/[#&"<>`]/g, (character) => entities[character] ?? character);
}
