/** The tests that run anywhere; those of testbed/ have a configuration of their own. */
export default {
    testMatch: ["<rootDir>/test/**/*.test.ts"],
    transform: {
        "\\.ts$": [
            "@swc/jest",
            {
                jsc: { parser: { syntax: "typescript" }, target: "es2022" },
                module: { type: "commonjs" },
            },
        ],
        "\\.(sh|md)$": "<rootDir>/test/shellText.cjs",
    },
};
