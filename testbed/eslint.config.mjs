import jest from "eslint-plugin-jest";

import root from "../eslint.config.mjs";

/** The program's rules, without its list of folders that are left out: this folder is one of them. */
export default [
    { ignores: ["node_modules/"] },
    ...root.slice(1),
    {
        files: ["faults/**/*.ts"],
        plugins: { jest },
        // FaultBed.recover expects a good update, a whole list behind every tag, and a service that answered throughout.
        rules: {
            "jest/expect-expect": ["warn", { assertFunctionNames: ["expect", "*.recover"] }],
        },
    },
];
