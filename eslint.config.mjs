import eslint from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import jest from "eslint-plugin-jest";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
    { ignores: ["bin/", "coverage/", "node_modules/", "testbed/"] },
    eslint.configs.recommended,
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
        languageOptions: {
            parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
        },
        plugins: { "@pulumi": pulumi },
        rules: {
            "@pulumi/no-output-in-template-literal": "error",
            "@pulumi/no-output-instance-in-template-literal": "error",
            // A number prints as itself: no need for String() around it.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
        },
    },
    {
        files: ["**/*.mjs"],
        languageOptions: { globals: { process: "readonly" } },
    },
    {
        files: ["**/*.cjs"],
        languageOptions: {
            sourceType: "commonjs",
            globals: {
                require: "readonly",
                module: "writable",
                process: "readonly",
                Buffer: "readonly",
                fetch: "readonly",
                Headers: "readonly",
                Atomics: "readonly",
                SharedArrayBuffer: "readonly",
                Int32Array: "readonly",
                __dirname: "readonly",
            },
        },
    },
    { files: ["test/**/*.ts"], ...jest.configs["flat/recommended"] },
);
