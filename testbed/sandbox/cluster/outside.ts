import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Component } from "../component";
import { listens, quayAnswers } from "../probes";
import {
    gitHttpsPort,
    internalRegistry,
    namespaceName,
    network,
    outsideNames,
    paths,
} from "../settings";
import { writeConfig } from "./files";

/**
 * The account of `quay` in settings.ts, as htpasswd -nbBC 4 writes it. The lowest cost that there
 * is: the registry checks the password at every request, and a usual cost makes a push slow.
 */
const account = "robot:$2y$04$ViaIMXk6c31/9fzv9aiFi.i6pByc2WR0iZ4tzWY41iPv5NnqmNZYi";

/** Stands in for quay.io: a registry with an account, without which nothing is to be had. */
export function quayRegistry(): Component {
    const folder = join(paths.state, "quay");
    mkdirSync(folder, { recursive: true });
    const accounts = writeConfig("quay.htpasswd", `${account}\n`);
    const config = writeConfig("quay.yaml", {
        version: 0.1,
        log: { level: "info" },
        http: {
            addr: `${network.outside}:443`,
            tls: {
                certificate: join(paths.pki, "quay.crt"),
                key: join(paths.pki, "quay.key"),
            },
            secret: "sandbox",
        },
        storage: {
            cache: { blobdescriptor: "inmemory" },
            filesystem: { rootdirectory: folder, maxthreads: 100 },
            delete: { enabled: true },
            maintenance: { uploadpurging: { enabled: false } },
        },
        auth: { htpasswd: { realm: "quay", path: accounts } },
    });
    return {
        name: "quay",
        command: ["docker-registry", "serve", config],
        healthy: quayAnswers,
        seconds: 20,
    };
}

/** Git's settings for whoever serves repositories: partial clones, of any commit and of any owner. */
function gitConfig(): string {
    return writeConfig(
        "gitconfig",
        `[uploadpack]
    allowFilter = true
    allowAnySHA1InWant = true
[safe]
    directory = *
`,
    );
}

/** Serves every bare repository in the Git folder, from the moment that it is there. */
export function gitServer(): Component {
    mkdirSync(paths.gitRoot, { recursive: true });
    return {
        name: "git",
        command: [
            ...["git", "daemon", `--base-path=${paths.gitRoot}`, "--export-all", "--reuseaddr"],
            `--listen=${network.outside}`,
        ],
        env: { GIT_CONFIG_GLOBAL: gitConfig() },
        healthy: () => listens(9418),
        seconds: 10,
    };
}

/** Serves the same repositories over HTTPS, to those who have the account only. */
export function gitHttpsServer(): Component {
    const tsx = require.resolve("tsx/cjs");
    return {
        name: "git-https",
        command: [process.execPath, "--require", tsx, join(__dirname, "../gitHttpsServer.ts")],
        env: { GIT_CONFIG_GLOBAL: gitConfig(), MULTIARCH_SANDBOX: namespaceName },
        healthy: () => listens(gitHttpsPort),
        seconds: 20,
    };
}

/** Answers the pods' questions for names. */
export function nameServer(): Component {
    const records = [
        ...outsideNames.map((name) => [name, network.outside] as const),
        ...[".cluster.local", ""].flatMap((suffix) => [
            [`${internalRegistry.split(":")[0] ?? ""}${suffix}`, network.registryService] as const,
            [`kubernetes.default.svc${suffix}`, network.kubernetesService] as const,
        ]),
    ];
    return {
        name: "dns",
        command: [
            ...["dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file="],
            ...[`--listen-address=${network.nodes.amd64}`, "--bind-interfaces", "--user=root"],
            ...["--pid-file=", ...records.map(([name, ip]) => `--host-record=${name},${ip}`)],
            // Every other name below .test is unknown, and known to be so at once.
            "--address=/test/",
        ],
        healthy: () => listens(53),
        seconds: 10,
    };
}
