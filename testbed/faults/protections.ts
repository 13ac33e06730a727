import { type Protection } from "./protection";
import { outlasted } from "./outlasted";
import { pipelineProtections } from "./pipelineProtections";

/** What is asked, refused and cleared away around the pipeline: configuration, preflight, state, locks, processes. */
const runProtections: readonly Protection[] = [
    {
        name: "objects that a killed run created are taken over",
        tests: ["kill -9 of pulumi while the service is rolled out"],
        file: "cli/stack/pendingCreates.ts",
        from: "const begun = creationsIn(state).flatMap(",
        to: "const begun = creationsIn({}).flatMap(",
    },
    {
        name: "attributes that were cut off are removed",
        tests: ["killed while Pulumi writes the attributes of its state"],
        file: "cli/stack.ts",
        from: "removeBrokenAttributes(url, project, say);",
        to: "removeBrokenAttributes(url, `${project}-other`, say);",
    },
    {
        name: "processes of a dead run are ended",
        tests: ["whose wrapper and pulumi are killed"],
        file: "cli/stack/orphans.ts",
        from: "return marked.filter((it) => isHelper(it) && !live.has(it.value));",
        to: "return marked.filter((it) => live.size < 0 && isHelper(it));",
    },
    {
        name: "a live lock is told from a stale one",
        tests: ["who starts a second update"],
        file: "cli/stack/locks.ts",
        from: "const holder = read(lock.pid);",
        to: 'const holder = "gone" as ReturnType<ReadProcess>;',
    },
    {
        name: "locks of another machine are left alone",
        tests: ["leaves the lock of a killed update", "is told of an update that goes on"],
        file: "cli/stack/locks.ts",
        from: "if (lock.hostname !== host) {",
        to: "if (host === undefined) {",
    },
    {
        name: "npm run up refreshes",
        tests: [
            "of every declared object",
            "of an edited BuildConfig",
            "whose Job is deleted",
            "deleted while builds begin",
        ],
        file: "cli/stack/arguments.ts",
        from: '{ option: "--refresh", isGiven: given("--refresh", "-r") },',
        to: "",
    },
    {
        name: "the registry's account is tried beforehand",
        tests: [
            "registry: account may only read",
            "registry: wrong credentials",
            "of the registry that change between check and push",
        ],
        file: "checks/registryChecks.ts",
        from: "images.length === 0 ? undefined : await accountOf(config, inSecret)",
        to: "images.length >= 0 ? undefined : await accountOf(config, inSecret)",
    },
    {
        name: "the push Secret is read beforehand",
        tests: ["the push Secret without an account"],
        file: "checks/pushSecret.ts",
        from: "if (account !== undefined) {",
        to: "if (account !== null) {",
    },
    {
        name: "Dockerfiles are looked for beforehand",
        tests: ["whose Dockerfile is missing"],
        file: "checks/prepare.ts",
        from: "checkDockerfiles(resolved)",
        to: "checkDockerfiles([])",
    },
    {
        name: "pinned bases are looked at beforehand",
        tests: [
            "on a base pinned to the child digest of arm64",
            "on a base pinned to the child digest of amd64",
        ],
        file: "checks/prepare.ts",
        from: "checkBases(building,",
        to: "checkBases([],",
    },
    {
        name: "images that are gone are built again",
        tests: ["pruned before they were copied"],
        file: "checks/prepare.ts",
        from: "await lostBuilds(cluster, config.namespace.name, wanted);",
        to: "await lostBuilds(cluster, config.namespace.name, []);",
    },
    {
        name: "a lock whose process is gone is released",
        tests: [
            "as soon as it has begun",
            "while the first objects are created",
            "kill -9 of pulumi while the list is published",
        ],
        file: "cli/stack/locks.ts",
        from: '        return "stale";\n',
        to: '        return "live";\n',
    },
    {
        name: "a changed password is written into the Secret, which stays",
        tests: ["that are rotated between two updates"],
        file: "providers.ts",
        from: "enableSecretMutable: true,",
        to: "",
    },
    {
        name: "passwords must be secrets",
        tests: ["in plain text are refused"],
        file: "config/values.ts",
        from: 'return empty ? undefined : "in plain text";',
        to: 'return empty ? undefined : "encrypted";',
    },
    {
        name: "nodes are looked at beforehand",
        tests: ["down before the update"],
        alone: ["down before the update"],
        file: "checks/clusterChecks.ts",
        from: "missingArchitectures(cluster, architectures, signal),",
        to: "missingArchitectures(cluster, [], signal),",
    },
    {
        name: "the publisher has ten minutes",
        tests: ["registry: every push takes a second longer"],
        file: "config/publisher.ts",
        from: "timeoutSeconds: seconds().default(600)",
        to: "timeoutSeconds: seconds().default(2)",
    },
];

/** What is taken out by `npm run faults -- --unprotected`, one after the other. */
export const protections: readonly Protection[] = [
    ...runProtections,
    ...pipelineProtections,
    ...outlasted,
];
