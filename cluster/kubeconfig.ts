import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { createSecureContext } from "node:tls";

// Only this module of the client: all of it takes half a second and 60 MB more to load.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

import type { Connection, ConnectionOptions } from "./http";

const CREDENTIALS_LAST = 60_000;

/** Which kubeconfig, and which context in it; the environment's default when left out. */
export interface KubeconfigChoice {
    /** A path, several of them, or the content itself. */
    kubeconfig?: string | undefined;
    context?: string | undefined;
}

/** Finds the cluster and the credentials that a kubeconfig names. */
export function connectionFromKubeconfig(choice: KubeconfigChoice): Connection {
    const config = load(choice.kubeconfig);
    if (choice.context !== undefined) {
        if (config.getContextObject(choice.context) === null) {
            const known = config.getContexts().map((context) => context.name);
            throw new Error(
                `The kubeconfig has no context "${choice.context}"; it has: ${known.join(", ") || "none"}.`,
            );
        }
        config.setCurrentContext(choice.context);
    }
    const cluster = config.getCurrentCluster();
    if (cluster === null) {
        throw new Error(
            "The kubeconfig names no current cluster. Next: oc login, or name a context.",
        );
    }
    return new KubeconfigConnection(
        config,
        new URL(cluster.server),
        cluster.proxyUrl !== undefined,
    );
}

class KubeconfigConnection implements Connection {
    private current: { options: ConnectionOptions; until: number } | undefined;

    constructor(
        private readonly config: KubeConfig,
        readonly server: URL,
        private readonly proxied: boolean,
    ) {}

    async options(fresh: boolean): Promise<ConnectionOptions> {
        // A credential plugin is a process of its own: not one per request.
        if (fresh || this.current === undefined || this.current.until < performance.now()) {
            const options: ConnectionOptions = {};
            await this.config.applyToHTTPSOptions(options);
            options.agent = this.keepAliveAgent(options);
            this.current = { options, until: performance.now() + CREDENTIALS_LAST };
        }
        return this.current.options;
    }

    /** One connection for many requests; the client's own agent opens one for each. */
    private keepAliveAgent(options: ConnectionOptions): https.RequestOptions["agent"] {
        const { ca, cert, key, rejectUnauthorized, servername } = options;
        const before = this.current?.options;
        const unchanged =
            before !== undefined && String(before.cert) === String(cert) && before.key === key;
        if (this.proxied || this.server.protocol === "http:" || unchanged) {
            return unchanged ? before.agent : options.agent;
        }
        const known = (values: object) =>
            Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
        return new https.Agent({
            keepAlive: true,
            keepAliveMsecs: 15_000,
            // Certificates are read once, not for each of a fleet's watches and logs.
            secureContext: createSecureContext(known({ ca, cert, key })),
            ...known({ rejectUnauthorized, servername }),
        });
    }
}

function load(kubeconfig: string | undefined): KubeConfig {
    const config = new KubeConfig();
    if (kubeconfig === undefined) {
        config.loadFromDefault();
        return config;
    }
    if (/\n|^\s*\{/.test(kubeconfig)) {
        config.loadFromString(kubeconfig);
        return config;
    }
    const files = kubeconfig.split(path.delimiter).filter((file) => file !== "");
    for (const file of files) {
        if (!fs.existsSync(file)) {
            throw new Error(`There is no kubeconfig file ${file}.`);
        }
        const part = new KubeConfig();
        part.loadFromFile(file);
        if (config.currentContext) {
            config.mergeConfig(part, true);
        } else {
            config.mergeConfig(part);
        }
    }
    return config;
}
