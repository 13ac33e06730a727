const transform = {
    "\\.ts$": [
        "@swc/jest",
        {
            jsc: { parser: { syntax: "typescript" }, target: "es2022" },
            module: { type: "commonjs" },
        },
    ],
    "\\.(sh|md)$": "<rootDir>/test/shellText.cjs",
};

/** Unit tests run anywhere; end-to-end tests run inside the sandbox (see cli/test.ts). */
export default {
    projects: [
        { displayName: "unit", testMatch: ["<rootDir>/test/unit/**/*.test.ts"], transform },
        { displayName: "faults", testMatch: ["<rootDir>/test/faults/**/*.test.ts"], transform },
        { displayName: "e2e", testMatch: ["<rootDir>/test/e2e/**/*.test.ts"], transform },
    ],
};
