/*
 * The layers of the house: each imports only from those to its right. Beside them the simulator, which only what starts
 * it may import, and the policy pack, which stands alone.
 */
"use strict";

const layers = [
    { name: "cli", path: "^cli/" },
    { name: "index", path: "^(index|providers|outputs)\\.ts$" },
    { name: "checks", path: "^checks/" },
    { name: "components", path: "^components/" },
    { name: "steps", path: "^steps/" },
    { name: "registry", path: "^registry/" },
    { name: "cluster", path: "^cluster/" },
    { name: "config", path: "^config/" },
];

module.exports = {
    forbidden: [
        { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
        ...layers.slice(1).map(({ name, path }, above) => ({
            name: `${name}-imports-to-the-right`,
            severity: "error",
            from: { path },
            to: { path: layers.slice(0, above + 1).map((layer) => layer.path) },
        })),
        {
            name: "production-imports-no-tests",
            severity: "error",
            from: { path: layers.map(({ path }) => path).concat("^simulator/", "^policy/") },
            to: { path: "^(test|testbed)/" },
        },
        {
            name: "simulator-is-imported-by-what-starts-it",
            severity: "error",
            from: {
                path: layers.map(({ path }) => path),
                pathNot: "^cli/(start|simulate|bench|rehearsal/)",
            },
            to: { path: "^simulator/" },
        },
        {
            name: "simulator-is-beside-the-program",
            severity: "error",
            from: { path: "^simulator/" },
            to: { path: layers.slice(0, 4).map(({ path }) => path) },
        },
        {
            name: "policy-is-a-package-of-its-own",
            severity: "error",
            from: { path: "^policy/" },
            to: { path: layers.map(({ path }) => path).concat("^simulator/") },
        },
    ],
    options: {
        // Types count: a circle of types is a circle for whoever reads the files.
        tsPreCompilationDeps: true,
        tsConfig: { fileName: "tsconfig.json" },
        doNotFollow: { path: "node_modules" },
        exclude: { path: "(^|/)(node_modules|bin|coverage)/" },
    },
};
