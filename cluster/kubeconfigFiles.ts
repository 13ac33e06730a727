import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";

import { parseDocument } from "yaml";
import { z } from "zod";

import { isKubeconfigText } from "../config/kubeconfigText";

/** Settings of a kubeconfig's entry, by the names that the file has for them. */
export type KubeconfigEntry = Readonly<Record<string, unknown>>;

/** What one or several kubeconfig files say together; paths in it are absolute. */
export interface Kubeconfig {
    readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
    readonly users: ReadonlyMap<string, KubeconfigEntry>;
    readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
    /** Nothing where no file names one. */
    readonly currentContext?: string;
    /** The files that were read, for errors. */
    readonly files: readonly string[];
}

/** Variables of the process, `KUBECONFIG` among them. */
export type Variables = Readonly<Record<string, string | undefined>>;

const kinds = { clusters: "cluster", users: "user", contexts: "context" } as const;
const named = z.array(z.looseObject({ name: z.string() })).nullish();
const File = z
    .looseObject({
        clusters: named,
        users: named,
        contexts: named,
        "current-context": z.string().nullish(),
    })
    .nullable();
/** Keys whose values are paths, beside the file that names them. Source: k8s.io/client-go/tools/clientcmd, loader.go. */
const PATHS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/**
 * Reads kubeconfigs as kubectl does: of one path, that must exist; else of the files in `KUBECONFIG`, those that are
 * there; else of `~/.kube/config`. The first file that has an entry of a name, or a current context, decides over it, and
 * nothing of a later entry of that name is taken.
 *
 * Throws an error that names the file, and what is wrong with it.
 * Source: kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig, "Merging kubeconfig files".
 */
export function readKubeconfigs(path: string | undefined, variables: Variables): Kubeconfig {
    const listed = path ?? variables["KUBECONFIG"] ?? "";
    if (isKubeconfigText(listed)) {
        const name = path === undefined ? "KUBECONFIG" : "kubeconfig";
        throw new Error(
            `The ${name} is the text of a kubeconfig: expected a path. Next: write the text to a file that only you can read (umask 077), and name that.`,
        );
    }
    const given = listed.split(delimiter).filter((file) => file !== "");
    const files = given.length > 0 ? given : [join(homeOf(variables), ".kube", "config")];
    if (path !== undefined) {
        const missing = files.find((file) => !existsSync(file));
        if (missing !== undefined) {
            throw new Error(`There is no kubeconfig file ${missing}.`);
        }
    }
    const present = files.filter((file) => existsSync(file));
    const read = present.map((file) => readFile(file));
    const merge = (key: keyof typeof kinds) =>
        // A later entry of a Map overwrites, so the first file comes last.
        new Map([...read].reverse().flatMap((one) => [...one[key]]));
    return {
        clusters: merge("clusters"),
        users: merge("users"),
        contexts: merge("contexts"),
        currentContext: read.find(({ currentContext }) => currentContext)?.currentContext,
        files: present.length > 0 ? present : files,
    };
}

function homeOf(variables: Variables): string {
    return variables["HOME"] ?? variables["USERPROFILE"] ?? homedir();
}

function readFile(file: string): Omit<Kubeconfig, "files"> {
    const document = parseDocument(textOf(file), { uniqueKeys: false });
    const [problem] = document.errors;
    if (problem !== undefined) {
        throw new Error(
            `The kubeconfig ${file} is not YAML: ${problem.message.split("\n")[0] ?? ""}`,
        );
    }
    const parsed = File.safeParse(document.toJS());
    if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new Error(
            `The kubeconfig ${file} is not one: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
        );
    }
    const entries = (key: keyof typeof kinds) => entriesOf(file, key, parsed.data?.[key] ?? []);
    return {
        clusters: entries("clusters"),
        users: entries("users"),
        contexts: entries("contexts"),
        currentContext: parsed.data?.["current-context"] ?? undefined,
    };
}

function textOf(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        throw new Error(`The kubeconfig ${file} cannot be read: ${code}`, { cause: error });
    }
}

function entriesOf(
    file: string,
    key: keyof typeof kinds,
    list: readonly Readonly<Record<string, unknown>>[],
): Map<string, KubeconfigEntry> {
    const found = new Map<string, KubeconfigEntry>();
    for (const item of list) {
        const name = String(item["name"]);
        if (found.has(name)) {
            throw new Error(`The kubeconfig ${file} has two ${key} named ${JSON.stringify(name)}.`);
        }
        const entry = (item[kinds[key]] ?? {}) as KubeconfigEntry;
        found.set(name, withAbsolutePaths(resolve(dirname(file)), entry));
    }
    return found;
}

function withAbsolutePaths(folder: string, entry: KubeconfigEntry): KubeconfigEntry {
    const absolute = (value: unknown): unknown =>
        typeof value === "string" && value !== "" && !isAbsolute(value)
            ? join(folder, value)
            : value;
    const paths = PATHS.flatMap((key): [string, unknown][] =>
        key in entry ? [[key, absolute(entry[key])]] : [],
    );
    const exec = entry["exec"] as { command?: unknown } | undefined;
    const command = exec?.command;
    return {
        ...entry,
        ...(Object.fromEntries(paths) as KubeconfigEntry),
        // A program that is only named is looked for on the PATH; one with a folder is beside the file.
        ...(typeof command === "string" &&
            /[\\/]/.test(command) && { exec: { ...exec, command: absolute(command) } }),
    };
}
