import type * as https from "node:https";
import { existsSync } from "node:fs";

import { agentOf, type TlsOptions } from "./agentOf";
import { defined, headersOf, isAskedFor, tlsOf } from "./userOptions";
import { ExecPlugin } from "./execCredential";
import type { Connection, ConnectionOptions } from "./http";
import {
    type Kubeconfig,
    type KubeconfigEntry,
    readKubeconfigs,
    type Variables,
} from "./kubeconfigFiles";
import { proxyOf } from "./proxyOf";
import { SharedCredential } from "./sharedCredential";

/** Milliseconds after which credentials are read again, as client-go does with token files. */
const CREDENTIALS_LAST = 60_000;
/** Where a pod finds its account. Source: k8s.io/client-go/rest, InClusterConfig. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Which kubeconfig, and which context in it; the environment's default when left out. */
export interface KubeconfigChoice {
    /** A path, or several of them as in `KUBECONFIG`. */
    kubeconfig?: string | undefined;
    context?: string | undefined;
}

/** Finds the cluster and the credentials that a kubeconfig names, as kubectl would. */
export function connectionFromKubeconfig(
    choice: KubeconfigChoice,
    variables: Variables = process.env,
): Connection {
    const read = () => {
        const config = readKubeconfigs(choice.kubeconfig, variables);
        const own = config.contexts.size === 0 ? serviceAccountOf(choice, variables) : undefined;
        return own ?? targetOf(config, choice.context);
    };
    return new KubeconfigConnection(read, variables);
}

/** What one context names. */
interface Target {
    readonly name: string;
    readonly server: URL;
    readonly cluster: KubeconfigEntry;
    readonly user: KubeconfigEntry;
}

function targetOf(config: Kubeconfig, wanted: string | undefined): Target {
    const place = config.files.join(", ");
    const name = wanted ?? config.currentContext;
    if (name === undefined) {
        throw new Error(
            `The kubeconfig names no current context (${place}). Next: oc login, or set multiarch:kubernetes.context.`,
        );
    }
    const context = config.contexts.get(name);
    if (context === undefined) {
        const known = [...config.contexts.keys()].join(", ") || "none";
        throw new Error(`The kubeconfig has no context "${name}"; it has: ${known}.`);
    }
    const cluster = config.clusters.get(String(context["cluster"]));
    const server = cluster?.["server"];
    if (cluster === undefined || typeof server !== "string" || !URL.canParse(server)) {
        throw new Error(
            `The kubeconfig's context "${name}" names no cluster with a server (${place}). Next: oc login, or name another context.`,
        );
    }
    const user = config.users.get(String(context["user"])) ?? {};
    return { name, server: new URL(server), cluster, user };
}

/** The cluster that this process runs in, where no kubeconfig says anything: as client-go does in a pod. */
function serviceAccountOf(choice: KubeconfigChoice, variables: Variables): Target | undefined {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = variables;
    const tokenFile = `${SERVICE_ACCOUNT}/token`;
    const chosen = choice.kubeconfig !== undefined || choice.context !== undefined;
    if (chosen || host === undefined || !existsSync(tokenFile)) {
        return undefined;
    }
    const server = new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
    return {
        name: "in-cluster",
        server,
        cluster: { server: server.href, "certificate-authority": `${SERVICE_ACCOUNT}/ca.crt` },
        user: { tokenFile },
    };
}

class KubeconfigConnection implements Connection {
    readonly server: URL;
    private target: Target;
    private current: { options: ConnectionOptions; until: number } | undefined;
    private agent: { tls: string; agent: https.RequestOptions["agent"] } | undefined;
    private readonly credential: SharedCredential;

    constructor(
        private readonly read: () => Target,
        private readonly variables: Variables,
    ) {
        this.target = read();
        this.server = this.target.server;
        this.credential = new SharedCredential(variables);
    }

    async options(signal: AbortSignal, refused?: ConnectionOptions): Promise<ConnectionOptions> {
        const { current } = this;
        if (current !== undefined && current.options !== refused && current.until > Date.now()) {
            return current.options;
        }
        if (refused !== undefined && current?.options === refused) {
            // Somebody may have logged in again meanwhile; the cluster stays the one that it was.
            const target = this.read();
            this.target = target.server.href === this.server.href ? target : this.target;
            this.credential.forget();
        }
        const until = Date.now() + CREDENTIALS_LAST;
        const { user, cluster } = this.target;
        const given = isAskedFor(user)
            ? await this.credential.get({ plugin: ExecPlugin.parse(user["exec"]), cluster }, signal)
            : {};
        const tls = { ...tlsOf(cluster, user), ...defined({ cert: given.cert, key: given.key }) };
        const options = {
            ...tls,
            headers: headersOf(user, given.token),
            agent: this.agentFor(tls),
        };
        this.current = { options, until: Math.min(until, given.until ?? until) };
        return options;
    }

    /** One connection for many requests. */
    private agentFor(tls: TlsOptions): https.RequestOptions["agent"] {
        const text = JSON.stringify(tls);
        if (this.agent?.tls !== text) {
            this.agent = { tls: text, agent: agentOf(this.server, this.proxy(), tls) };
        }
        return this.agent.agent;
    }

    private proxy(): string | undefined {
        const own = this.target.cluster["proxy-url"];
        return typeof own === "string" && own !== "" ? own : proxyOf(this.server, this.variables);
    }
}
