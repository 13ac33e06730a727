import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as ts from "typescript";
import { z } from "zod";

import { settings } from "../config/settings";
import { runMain } from "./commandLine/main";
import { readWords } from "./commandLine/words";

/**
 * Writes docs/configuration.md, or with `--check` fails if it is stale. Types and defaults come from the schema,
 * descriptions from the doc comments in it, which are the ones that an editor shows.
 */
const root = join(__dirname, "..");
const schemaFile = join(root, "config/settings.ts");
const tableFile = join(root, "docs/configuration.md");
const command = "sh cli/run.sh cli/configTable.ts";

const introduction = `# Configuration

<!-- Written by cli/configTable.ts from the schema in config/: do not edit. -->

Set a key in \`Pulumi.<stack>.yaml\`, or with \`pulumi config set --path 'multiarch:namespace.name' VALUE\`. A key that is
not in this table is an error. Set the two secrets with \`pulumi config set --secret\`; in plain text they are refused.

| Key | Type | Default | What |
| --- | --- | --- | --- |
`;

type Schema = z.core.JSONSchema.BaseSchema;

/** A setting: its key, its place in the schema, and its place among the types. */
interface Setting {
    readonly key: string;
    readonly schema: Schema;
    readonly required: boolean;
    readonly description: string;
}

/** The text of docs/configuration.md. */
export function configTable(): string {
    const program = ts.createProgram([schemaFile], compilerOptions());
    const checker = program.getTypeChecker();
    const schema = z.toJSONSchema(settings, { io: "input" });
    const rows = settingsOf(schema, inputType(program), "multiarch:", checker).map(formatRow);
    return introduction + rows.join("");
}

function compilerOptions(): ts.CompilerOptions {
    const path = join(root, "tsconfig.json");
    const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as {
        config: unknown;
    };
    return ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root)
        .options;
}

function inputType(program: ts.Program): ts.Type {
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(schemaFile);
    const module = source && checker.getSymbolAtLocation(source);
    const symbols = module ? checker.getExportsOfModule(module) : [];
    const input = symbols.find(({ name }) => name === "SettingsInput");
    if (!input) {
        throw new Error(`${schemaFile} does not export SettingsInput`);
    }
    return checker.getDeclaredTypeOfSymbol(input);
}

function settingsOf(
    schema: Schema,
    type: ts.Type,
    prefix: string,
    checker: ts.TypeChecker,
): Setting[] {
    const fields = Object.entries(schema.properties ?? {}) as [string, Schema][];
    return fields.flatMap(([name, field]) => {
        const property = checker.getPropertyOfType(checker.getNonNullableType(type), name);
        const description = ts.displayPartsToString(property?.getDocumentationComment(checker));
        if (!property || description === "") {
            throw new Error(`${prefix}${name} has no doc comment in config/`);
        }
        const propertyType = checker.getNonNullableType(checker.getTypeOfSymbol(property));
        const itemType = checker.getIndexTypeOfType(propertyType, ts.IndexKind.Number);
        const key = prefix + name;
        const required = schema.required?.includes(name) ?? false;
        const inner =
            field.type === "array" && itemType
                ? settingsOf(field.items as Schema, itemType, `${key}[].`, checker)
                : settingsOf(field, propertyType, `${key}.`, checker);
        return [{ key, schema: field, required, description }, ...inner];
    });
}

function formatRow({ key, schema, required, description }: Setting): string {
    const cells = [`\`${key}\``, formatType(schema), formatDefault(schema, required), description];
    return `| ${cells.map((cell) => cell.replace(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |\n`;
}

function formatType(schema: Schema): string {
    if (schema.const !== undefined) {
        return "secret";
    }
    if (schema.enum) {
        return schema.enum.map((word) => `\`${String(word)}\``).join(" | ");
    }
    if (schema.type === "array") {
        return `list of ${formatType(schema.items as Schema)}`;
    }
    if (schema.type === "object") {
        return schema.properties ? "section" : "text by name";
    }
    return typeof schema.type === "string" ? schema.type : "amount";
}

function formatDefault(schema: Schema, required: boolean): string {
    if (required) {
        return "required";
    }
    if (schema.default === undefined || schema.properties) {
        return "";
    }
    return `\`${JSON.stringify(schema.default)}\``;
}

function main(check: boolean): number {
    const table = configTable();
    if (!check) {
        writeFileSync(tableFile, table);
    } else if (readFileSync(tableFile, "utf8") !== table) {
        process.stderr.write(`${relative(root, tableFile)} is stale. Run: ${command}\n`);
        return 1;
    }
    return 0;
}

const help = {
    name: "config-table",
    what: "Writes docs/configuration.md from the schema in config/.",
    usage: ["npm run config-table -- [--check]"],
    options: [["--check", "write nothing, and fail where the file is stale"]],
    failure: "with --check the file is stale",
} as const;

if (require.main === module) {
    runMain(help, (words) =>
        Promise.resolve(main(readWords(words, { "--check": undefined }).has("--check"))),
    );
}
