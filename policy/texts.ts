import { entriesOf, join, leavesOf, listOf, UNKNOWN, type Resource } from "./values";
import { kindOf, podOf } from "./workloads";

/** A text that reaches a process. */
export interface Text {
    /** Path in the resource. */
    readonly path: string;
    /** Name of the variable or build argument; nothing for a command line. */
    readonly variable?: string;
    readonly value: string;
}

/** Everything that a resource passes to processes: variables, build arguments, command lines. */
export function textsOf(resource: Resource): readonly Text[] {
    if (resource.type.startsWith("command:")) {
        return commandTexts(resource);
    }
    return kindOf(resource) === "BuildConfig"
        ? buildTexts(resource)
        : (podOf(resource)?.containers ?? []).flatMap(({ path, spec }) => [
              ...variables(`${path}.env`, spec["env"]),
              ...commandLine(path, spec),
          ]);
}

/** Of every strategy, of a Dockerfile in the object itself, and of what runs after the build. */
function buildTexts({ props }: Resource): readonly Text[] {
    const spec = entriesOf(entriesOf(props)["spec"]);
    const strategies = Object.entries(entriesOf(spec["strategy"]));
    const { script, ...hook } = entriesOf(spec["postCommit"]);
    const lines = [
        { path: "spec.source.dockerfile", value: entriesOf(spec["source"])["dockerfile"] },
        { path: "spec.postCommit.script", value: script },
    ];
    return [
        ...strategies.flatMap(([name, strategy]) =>
            ["env", "buildArgs"].flatMap((list) =>
                variables(`spec.strategy.${name}.${list}`, entriesOf(strategy)[list]),
            ),
        ),
        ...lines.flatMap(({ path, value }) => (typeof value === "string" ? [{ path, value }] : [])),
        ...commandLine("spec.postCommit", hook),
    ];
}

function variables(path: string, list: unknown): readonly Text[] {
    return listOf(list).flatMap((entry, index) => {
        const { name, value } = entriesOf(entry);
        return typeof name === "string" && typeof value === "string"
            ? [{ path: `${path}[${index}].value`, variable: name, value }]
            : [];
    });
}

/** Command and arguments as one line each: an option and its value may be two entries. */
function commandLine(path: string, spec: Readonly<Record<string, unknown>>): readonly Text[] {
    const words = [...listOf(spec["command"]), ...listOf(spec["args"])].filter(
        (word) => typeof word === "string",
    );
    const line = words.join(" ");
    const key = spec["args"] === undefined ? "command" : "args";
    return line === "" ? [] : [{ path: `${path}.${key}`, value: line }];
}

/** Without what is marked as a secret: Pulumi encrypts that in its state. */
function commandTexts({ props, secrets }: Resource): readonly Text[] {
    const { environment, ...rest } = entriesOf(props);
    const lines = ["create", "update", "delete", "stdin"].map((key) => ({
        path: key,
        value: rest[key],
    }));
    const named = Object.entries(entriesOf(environment)).map(([variable, value]) => ({
        path: join("environment", variable),
        variable,
        value,
    }));
    return [...lines, ...named].flatMap(({ value, ...text }) =>
        typeof value === "string" && !isSecret(text.path, secrets) ? [{ ...text, value }] : [],
    );
}

/** Whether a value, or what holds it, is marked as a secret. */
export function isSecret(path: string, secrets: ReadonlySet<string> | undefined): boolean {
    return [...(secrets ?? [])].some(
        (marked) =>
            path === marked || path.startsWith(`${marked}.`) || path.startsWith(`${marked}[`),
    );
}

/** The texts of a ConfigMap's data. */
export function configMapTexts(resource: Resource): readonly Text[] {
    return kindOf(resource) === "ConfigMap"
        ? leavesOf(entriesOf(resource.props)["data"] ?? {}, "data").flatMap(({ path, value }) =>
              typeof value === "string" && value !== String(UNKNOWN) ? [{ path, value }] : [],
          )
        : [];
}
