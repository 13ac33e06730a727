import { readFileSync } from "node:fs";
import Module from "node:module";

/**
 * Importing this module lets tsx load a shell script or a text as text, as launch.cjs and the unit tests do.
 *
 * Node's table of loaders is what tsx itself goes through; only its types are missing.
 */
const { _extensions: loaders } = Module as unknown as {
    readonly _extensions: Record<string, (module: { exports: unknown }, file: string) => void>;
};

for (const ending of [".sh", ".md"]) {
    loaders[ending] = (module, file) => {
        module.exports = readFileSync(file, "utf8");
    };
}
