import base from "../jest.config.mjs";

/** The tests that need programs from .ci/programs; `npm test` leaves them out. */
export default {
    ...base,
    rootDir: "..",
    testMatch: ["<rootDir>/test/{engine,imagebuilder,conformance}/**/*.test.ts"],
    testPathIgnorePatterns: ["/node_modules/"],
    // Real programs on a machine that has other work.
    testTimeout: 180_000,
};
