/** Something that a fault's test relies on, and how to take it out. */
export interface Protection {
    /** What it is, for docs/reliability.md. */
    readonly name: string;
    /** Words that are in the full name of the test that must fail without it, and in no other's. */
    readonly test: string;
    readonly file: string;
    /** Stands in the file once. */
    readonly from: string;
    readonly to: string;
    /** It disturbs every other test. */
    readonly alone?: true;
}

/** What is taken out by `npm run test:faults -- --unprotected`, one after the other. */
export const protections: readonly Protection[] = [
    {
        name: "builds are adopted",
        test: "kill -9 of pulumi when one image is pushed",
        file: "build/adoptBuild.ts",
        from: "for (const build of adoptable(builds)) {",
        to: "for (const build of adoptable([])) {",
    },
    {
        name: "objects that a killed run created are taken over",
        test: "kill -9 of pulumi while the service is rolled out",
        file: "stack/pendingCreates.ts",
        from: "const begun = creationsIn(state).flatMap(",
        to: "const begun = creationsIn({}).flatMap(",
    },
    {
        name: "processes of a dead run are ended",
        test: "whose wrapper and pulumi are killed",
        file: "stack/orphans.ts",
        from: "return marked.filter((it) => isHelper(it) && !live.has(it.value));",
        to: "return marked.filter((it) => live.size < 0 && isHelper(it));",
    },
    {
        name: "a live lock is told from a stale one",
        test: "who starts a second update",
        file: "stack/locks.ts",
        from: "const holder = read(lock.pid);",
        to: "const holder = undefined as ReturnType<ReadProcess>;",
    },
    {
        name: "locks of another machine are left alone",
        test: "leaves the lock of a killed update",
        file: "stack/locks.ts",
        from: "if (lock.hostname !== host) {",
        to: "if (host === undefined) {",
    },
    {
        name: "npm run up refreshes",
        test: "of every declared object",
        file: "stack/arguments.ts",
        from: '["--continue-on-error", "--refresh"]',
        to: '["--continue-on-error"]',
    },
    {
        name: "the registry's account is tried beforehand",
        test: "registry: account may only read",
        file: "preflight/registry.ts",
        from: "images.length === 0 ? undefined : await accountOf(config)",
        to: "images.length >= 0 ? undefined : await accountOf(config)",
    },
    {
        name: "the push Secret is read beforehand",
        test: "the push Secret without an account",
        file: "preflight/pushSecret.ts",
        from: "return found === undefined\n",
        to: "return found === null\n",
    },
    {
        name: "Dockerfiles are looked for beforehand",
        test: "whose Dockerfile is missing",
        file: "preflight/prepare.ts",
        from: "checkDockerfiles(resolved)",
        to: "checkDockerfiles([])",
    },
    {
        name: "pinned bases are looked at beforehand",
        test: "on a base pinned to the child digest of arm64",
        file: "preflight/prepare.ts",
        from: "checkBases(building,",
        to: "checkBases([],",
    },
    {
        name: "images are checked before they are published",
        test: "built by a BuildConfig that somebody has edited",
        file: "build/checkedImage.ts",
        from: "if (problems.length > 0) {",
        to: "if (problems.length > 9) {",
    },
    {
        name: "images that are gone are built again",
        test: "pruned before they were copied",
        file: "preflight/prepare.ts",
        from: "await rememberLost(cluster, config.namespace.name, wanted);",
        to: "await rememberLost(cluster, config.namespace.name, []);",
    },
    {
        name: "a build whose pod was taken away is repeated",
        test: "whose pod is deleted is started again by the same update",
        file: "build/runBuild.ts",
        from: "if (!(error instanceof LostBuild) || failures === ATTEMPTS) {",
        to: "if (failures > 0) {",
    },
    {
        name: "a build that does not start is given up",
        test: "that waits for a node with impossible room",
        file: "build/pendingBuild.ts",
        from: "request.pendingTimeoutSeconds * 1000",
        to: "request.pendingTimeoutSeconds * 1_000_000",
    },
    {
        name: "a log that cannot be written ends no build",
        test: "without room for the builds' logs",
        file: "build/logFile.ts",
        from: "await this.handle?.writeFile(bytes).catch(",
        to: "await this.handle?.writeFile(bytes).then(",
    },
    {
        name: "tags that somebody else has moved stay",
        test: "leaves a tag that somebody else has moved",
        file: "build/publisher/common.sh",
        from: 'elif [ "$current" = "$before" ] ||',
        to: 'elif [ "$current" = "$current" ] ||',
    },
    {
        name: "a refusal of the registry ends the publisher for good",
        test: "quota exceeded at the second image",
        file: "build/publisherPod.ts",
        from: "const REFUSED = 77;",
        to: "const REFUSED = 78;",
    },
    {
        name: "the publisher's Job starts another pod",
        test: "down until the builds have ended",
        file: "components/publisherJob.ts",
        from: "backoffLimit: settings.backoffLimit",
        to: "backoffLimit: 0",
    },
    {
        name: "a Job that failed is replaced",
        test: "out of attempts",
        file: "components/manifestList.ts",
        from: '"pulumi.com/replaceUnready": "true",',
        to: "",
    },
    {
        name: "an answer for nobody is asked for again",
        test: "whose openshift-apiserver is restarted",
        file: "build/apiError.ts",
        from: "|| error.isForNobody",
        to: "",
        alone: true,
    },
    {
        name: "a lost connection to the cluster is made again",
        test: "whose kube-apiserver is restarted",
        file: "build/apiError.ts",
        from: "error instanceof ConnectionError ||\n",
        to: "",
        alone: true,
    },
    {
        name: "nodes are looked at beforehand",
        test: "down before the update",
        file: "preflight/cluster.ts",
        from: "missingArchitectures(cluster, architectures, signal),",
        to: "missingArchitectures(cluster, [], signal),",
        alone: true,
    },
    {
        name: "a build on a node that is lost is given up",
        test: "another build begins when the node is back",
        file: "build/lostNode.ts",
        from: "const PATIENCE = 30_000;",
        to: "const PATIENCE = 3_000_000;",
        alone: true,
    },
];
