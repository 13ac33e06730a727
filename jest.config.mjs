// Tests make repositories: by somebody, and without what this machine's user has set for Git.
Object.assign(process.env, {
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.com",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.com",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
});
// Set while a hook of Git runs: it would point every Git in the tests at the user's own repository.
for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) {
    delete process.env[name];
}

/** The tests that run anywhere; those of testbed/ have a configuration of their own. */
export default {
    testMatch: ["<rootDir>/test/**/*.test.ts"],
    // What needs real programs beside the repository runs in CI: .ci/jest.config.mjs.
    testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/(engine|imagebuilder|conformance)/"],
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
    // The SDK keeps its store on the global object, and jest would wrap it once more for each test file.
    testEnvironmentOptions: { globalsCleanup: "off" },
    // jest leaves a core to others, which on two cores is half of them.
    maxWorkers: "100%",
    // Of a test under load. What is slow shows in the whole run's time.
    testTimeout: 30_000,
};
