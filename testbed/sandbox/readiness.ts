import { z } from "zod";

import { runningIdentity, tail } from "./component";
import { age } from "./identity";
import { ask } from "./probes";
import { until } from "./progress";
import { architectures } from "./settings";

const Nodes = z.object({
    items: z.array(
        z.object({
            metadata: z.object({ name: z.string() }),
            status: z.object({
                conditions: z.array(
                    z.object({
                        type: z.string(),
                        status: z.string(),
                        lastHeartbeatTime: z.string(),
                    }),
                ),
            }),
        }),
    ),
});

const ServiceAccount = z.object({
    imagePullSecrets: z.array(z.object({ name: z.string() })).optional(),
});

/** Namespace in which nothing lives: its ServiceAccounts show whether OpenShift's controllers work. */
export const probeNamespace = "sandbox-ready";

/** Waits until the controllers equip a namespace, as builds in a new one need it. */
export async function controllersWork(): Promise<void> {
    const accounts = `https://node-amd64:6443/api/v1/namespaces/${probeNamespace}/serviceaccounts`;
    // The controllers make it again, which they may have done before they were started anew.
    await ask(`${accounts}/builder`, "-X", "DELETE");
    await until({
        what: "OpenShift's controllers: the builder ServiceAccount of a namespace",
        seconds: 60,
        why: () => tail("openshift-controller-manager"),
        holds: async () => {
            const answer = await ask(`${accounts}/builder`);
            const account = answer && ServiceAccount.parse(JSON.parse(answer));
            return account ? (account.imagePullSecrets ?? []).length > 0 : false;
        },
    });
}

/** Says whether both nodes call themselves ready, in the words of the kubelets that run now. */
export async function nodesAreReady(): Promise<boolean> {
    const answer = await ask("https://node-amd64:6443/api/v1/nodes");
    if (answer === undefined) {
        return false;
    }
    const { items } = Nodes.parse(JSON.parse(answer));
    return architectures.every((it) => {
        const kubelet = runningIdentity(`kubelet-${it}`);
        const node = items.find(({ metadata }) => metadata.name === `node-${it}`);
        const ready = node?.status.conditions.find(({ type }) => type === "Ready");
        if (kubelet === undefined || ready?.status !== "True") {
            return false;
        }
        // What a kubelet said that has since died proves nothing. Times in the API are whole seconds.
        const started = Date.now() - age(kubelet) * 1000;
        return Date.parse(ready.lastHeartbeatTime) >= started - 1000;
    });
}
