import type { SimClock } from "../clock";
import { INTERNAL_REGISTRY } from "./buildPod";
import { type Client, isConflict } from "./client";
import { type Informer, keyOf } from "./informer";
import type { KubeObject } from "./objects";
import { Worker } from "./worker";
import type { Secret, ServiceAccount } from "./workloads";

// OpenShift 4.21 gives every namespace these.
const ACCOUNTS = ["default", "builder", "deployer"];
const REFERENCE = "openshift.io/internal-registry-pull-secret-ref";

/** The token of a ServiceAccount: what its pods show to the API and the internal registry. */
export type TokenOf = (namespace: string, serviceAccount: string) => string;

/**
 * What OpenShift's controllers add to namespaces and ServiceAccounts (4.21): three accounts, the bundles of certificates,
 * the ranges of user IDs, and for each account a Secret for the internal registry.
 */
export class ServiceAccountController {
    private readonly namespaceWorker: Worker;
    private readonly accountWorker: Worker;
    private ranges = 0;

    constructor(
        private readonly client: Client,
        clock: SimClock,
        private readonly namespaces: Informer<KubeObject>,
        private readonly accounts: Informer<ServiceAccount>,
        private readonly tokenOf: TokenOf,
        signal: AbortSignal,
    ) {
        this.namespaceWorker = new Worker(clock, signal, (key) => this.furnish(key));
        this.accountWorker = new Worker(clock, signal, (key) => this.equip(key));
    }

    /** Begins. */
    start(): void {
        this.namespaces.listen((now) => {
            if (now !== undefined && now.metadata.deletionTimestamp === undefined) {
                this.namespaceWorker.add(keyOf(now));
            }
        });
        this.accounts.listen((now, before) => {
            if (now !== undefined) {
                this.accountWorker.add(keyOf(now));
            } else if (before !== undefined && ACCOUNTS.includes(before.metadata.name)) {
                this.namespaceWorker.add(`/${before.metadata.namespace ?? ""}`);
            }
        });
    }

    private async furnish(key: string): Promise<void> {
        const name = key.slice(1);
        const namespace = this.namespaces.get("", name);
        if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) {
            return;
        }
        if (namespace.metadata.annotations?.["openshift.io/sa.scc.uid-range"] === undefined) {
            const range = `${1_000_000_000 + ++this.ranges * 10_000}/10000`;
            const annotations = {
                "openshift.io/sa.scc.mcs": `s0:c${this.ranges + 1},c${this.ranges}`,
                "openshift.io/sa.scc.supplemental-groups": range,
                "openshift.io/sa.scc.uid-range": range,
            };
            await this.client.patch("namespaces", "", name, { metadata: { annotations } });
        }
        for (const map of ["kube-root-ca.crt", "openshift-service-ca.crt"]) {
            const data = { [map === "kube-root-ca.crt" ? "ca.crt" : "service-ca.crt"]: "" };
            await this.make("configmaps", name, {
                apiVersion: "v1",
                kind: "ConfigMap",
                metadata: { name: map, namespace: name },
                data,
            });
        }
        for (const account of ACCOUNTS) {
            const metadata = { name: account, namespace: name };
            await this.make("serviceaccounts", name, {
                apiVersion: "v1",
                kind: "ServiceAccount",
                metadata,
            });
        }
    }

    private async make(
        resource: "configmaps" | "serviceaccounts",
        namespace: string,
        object: unknown,
    ): Promise<void> {
        try {
            await this.client.create(resource, namespace, object);
        } catch (error) {
            if (!isConflict(error)) {
                throw error;
            }
        }
    }

    /** Gives an account a Secret with which the internal registry knows it. */
    private async equip(key: string): Promise<void> {
        const [namespace = "", name = ""] = key.split("/");
        const account = await this.client.get<ServiceAccount>("serviceaccounts", namespace, name);
        if (account === undefined || account.metadata.deletionTimestamp !== undefined) {
            return;
        }
        const known = account.metadata.annotations?.[REFERENCE];
        if (
            known !== undefined &&
            (await this.client.get("secrets", namespace, known)) !== undefined
        ) {
            return;
        }
        const token = this.tokenOf(namespace, name);
        const auth = Buffer.from(`<token>:${token}`).toString("base64");
        const config = { [INTERNAL_REGISTRY]: { username: "<token>", password: token, auth } };
        const secret = await this.client.create<Secret>("secrets", namespace, {
            apiVersion: "v1",
            kind: "Secret",
            type: "kubernetes.io/dockercfg",
            metadata: {
                generateName: `${name}-dockercfg-`,
                namespace,
                annotations: { "openshift.io/internal-registry-auth-token.service-account": name },
                ownerReferences: [
                    {
                        apiVersion: "v1",
                        kind: "ServiceAccount",
                        name,
                        uid: account.metadata.uid,
                        controller: true,
                    },
                ],
            },
            data: { ".dockercfg": Buffer.from(JSON.stringify(config)).toString("base64") },
        });
        const reference = { name: secret.metadata.name };
        const others = (list: readonly { name: string }[] | undefined) =>
            (list ?? []).filter((it) => it.name !== known);
        await this.client.patch("serviceaccounts", namespace, name, {
            metadata: { annotations: { [REFERENCE]: reference.name } },
            secrets: [...others(account.secrets), reference],
            imagePullSecrets: [...others(account.imagePullSecrets), reference],
        });
    }
}
