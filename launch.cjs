/*
 * What Pulumi starts (`main` in Pulumi.yaml): the program, and what its Commands run by themselves, as one file each, made
 * anew when a source has changed. Loading a bundle takes a tenth of the time that ts-node takes to type-check;
 * types are checked by `npm run typecheck`, and by CI.
 */
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const root = __dirname;
const bin = path.join(root, "bin");
const stamp = path.join(bin, "inputs.json");
const entries = {
    index: "index.ts",
    command: "steps/command.ts",
};

/** Path and time of change of everything that went into the bundles. */
function inputsOf(paths) {
    return Object.fromEntries(
        paths.map((name) => [
            name,
            fs.statSync(path.join(root, name), { throwIfNoEntry: false })?.mtimeMs,
        ]),
    );
}

function isFresh() {
    try {
        const inputs = JSON.parse(fs.readFileSync(stamp, "utf8"));
        const whole = Object.keys(entries).every((name) =>
            fs.existsSync(path.join(bin, `${name}.js`)),
        );
        return whole && JSON.stringify(inputsOf(Object.keys(inputs))) === JSON.stringify(inputs);
    } catch {
        return false;
    }
}

/** Runs something without Pulumi's configuration, secrets decrypted, in the environment that its children inherit. */
function withoutSecrets(run) {
    const names = ["PULUMI_CONFIG", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"];
    const kept = names
        .filter((name) => name in process.env)
        .map((name) => [name, process.env[name]]);
    for (const [name] of kept) {
        delete process.env[name];
    }
    try {
        return run();
    } finally {
        Object.assign(process.env, Object.fromEntries(kept));
    }
}

function bundle() {
    const esbuild = require("esbuild");
    const started = Date.now();
    const { metafile, outputFiles } = esbuild.buildSync({
        absWorkingDir: root,
        entryPoints: entries,
        outdir: bin,
        bundle: true,
        write: false,
        metafile: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        loader: { ".sh": "text", ".md": "text" },
        // Their plugins and the engine's connection are found by package.
        external: ["@pulumi/*"],
        logLevel: "warning",
    });
    const inputs = Object.keys(metafile.inputs).filter((name) => !name.startsWith("node_modules/"));
    const seen = inputsOf([...inputs, "package-lock.json", "launch.cjs"]);
    for (const [name, changed] of Object.entries(seen)) {
        if (changed > started) {
            // Changed while it was read: the next start looks again.
            seen[name] = 0;
        }
    }
    fs.mkdirSync(bin, { recursive: true });
    const files = [
        ...outputFiles.map(({ path: file, contents }) => ({ file, contents })),
        {
            file: stamp,
            contents: JSON.stringify(seen),
        },
    ];
    for (const { file, contents } of files) {
        // Whole files only, whoever else is starting.
        const temporary = `${file}.${process.pid}`;
        fs.writeFileSync(temporary, contents);
        fs.renameSync(temporary, file);
    }
}

/**
 * The program, with errors that note no stacks: those are positions in a bundle without a source map, and the SDK takes one for
 * every promise and every resource. MULTIARCH_STACKS=1 keeps them, for whoever looks for a fault of the program.
 */
function program() {
    if (!process.env.MULTIARCH_STACKS) {
        Error.stackTraceLimit = 0;
    }
    return require("./bin/index.js").default;
}

if (!isFresh()) {
    withoutSecrets(bundle);
}
module.exports = require.main === module ? {} : program();
