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
 * What the SDKs load for functions that are sent into the cloud, for programs that run Pulumi themselves and for Helm
 * charts: TypeScript, npm and the Automation API, most of the start. This program does none of it; they are loaded when
 * something asks.
 */
function postpone() {
    const sdk = path.dirname(require.resolve("@pulumi/pulumi"));
    const charts = ["helm", "kustomize", "yaml"].map((name) => `@pulumi/kubernetes/${name}`);
    const closures = path.join(sdk, "runtime/closure/codePaths.js");
    const names = ["typescript", "@npmcli/arborist", path.join(sdk, "automation"), closures];
    for (const name of [...names, ...charts]) {
        const file = require.resolve(name, { paths: [sdk] });
        let loaded;
        const load = () => {
            if (loaded === undefined) {
                delete require.cache[file];
                loaded = require(file);
            }
            return loaded;
        };
        const exports = new Proxy(
            {},
            {
                // By this mark a module is taken as it is, not looked through for names.
                get: (_, key) => key === "__esModule" || load()[key],
                has: (_, key) => key in load(),
                ownKeys: () => Reflect.ownKeys(load()),
                getOwnPropertyDescriptor: (_, key) =>
                    key in load()
                        ? { value: load()[key], configurable: true, enumerable: true }
                        : undefined,
            },
        );
        require.cache[file] = { id: file, filename: file, loaded: true, exports };
    }
}

/**
 * Lets the SDK go on noting which promises are open at the end, without a stack trace for each: positions in a bundle,
 * and a tenth of the program's own time when nothing has changed.
 */
function withoutStacks() {
    const sdk = path.dirname(require.resolve("@pulumi/pulumi"));
    const debuggable = require(path.join(sdk, "runtime/debuggable.js"));
    const { debuggablePromise } = debuggable;
    debuggable.debuggablePromise = (...args) => {
        const { stackTraceLimit } = Error;
        Error.stackTraceLimit = 0;
        try {
            return debuggablePromise(...args);
        } finally {
            Error.stackTraceLimit = stackTraceLimit;
        }
    };
}

/**
 * The program, without what the SDK notes of where each resource is declared: positions in a bundle that has no source
 * map, which were a tenth of the state and, looked up in maps that are not there, a fifth of the program's own time.
 *
 * And without the SDK's own debug messages, which it sends to the engine whether anybody wants to see them or not, a
 * call each, with what it has read of each resource: a tenth of a run without changes. MULTIARCH_SDK_DEBUG=1 leaves them.
 */
function program() {
    postpone();
    const { Resource, log } = require("@pulumi/pulumi");
    Resource.stackTrace = () => [];
    if (!process.env.MULTIARCH_SDK_DEBUG) {
        log.debug = () => Promise.resolve();
        withoutStacks();
    }
    // Set by source-map-support, which the SDK registers.
    Error.prepareStackTrace = undefined;
    return require("./bin/index.js");
}

if (!isFresh()) {
    withoutSecrets(bundle);
}
module.exports = require.main === module ? {} : program();
