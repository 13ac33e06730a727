import root from "../jest.config.mjs";

/** As the program's tests are transformed; these folders need no cluster (test), or the local OpenShift (e2e, faults). */
const project = (displayName, folder) => ({
    ...root,
    displayName,
    testMatch: [`<rootDir>/${folder}/**/*.test.ts`],
    transform: { ...root.transform, "\\.(sh|md)$": "<rootDir>/../test/shellText.cjs" },
});

export default {
    projects: [project("testbed", "test"), project("faults", "faults"), project("e2e", "e2e")],
};
