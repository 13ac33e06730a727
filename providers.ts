import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type Config } from "./config/loadConfig";
import type { Login } from "./registry/login";

/** The providers of a stack. */
export type Providers = ReturnType<typeof stackProviders>;

/** Declares the cluster and the registry of a stack, as the components find them. `account` is that in the push Secret. */
export function stackProviders(
    { kubernetes, registry, registryPassword }: Config,
    account: Login | undefined,
) {
    return {
        // Declared for its start: that of a default provider begins with the first Command. Until it has started, the
        // publisher Jobs of a fleet would take the places that Pulumi has for what it does at a time.
        command: new command.Provider("commands"),
        kubernetes: new k8s.Provider("cluster", {
            // Empty, not left out: the SDK would fill in KUBECONFIG's value, and of whatever stands here the provider
            // leaves a copy, tokens included, in the folder for temporary files (4.32.0, writeKubeconfigToFile). It
            // finds the user's own file by itself, as kubectl does.
            kubeconfig: kubernetes?.kubeconfig ?? "",
            context: kubernetes?.context,
            // A stack is one cluster's: an edited kubeconfig must not replace every resource.
            clusterIdentifier: pulumi.getStack(),
            // Objects made by hand are taken over, with what oc has set in them; else they are an error.
            ...(kubernetes?.adopt === true && {
                upsertExistingObjects: true,
                enablePatchForce: true,
            }),
            // A changed password or file is written into the object, which never goes away for it.
            enableSecretMutable: true,
            enableConfigMapMutable: true,
        }),
        docker: new docker.Provider("registry", {
            registryAuth: [
                {
                    address: registry.server,
                    ...(registryPassword !== undefined
                        ? { username: registry.username, password: registryPassword }
                        : account !== undefined
                          ? { ...account, password: pulumi.secret(account.password) }
                          : { authDisabled: true }),
                },
            ],
            // Only the registry is asked. Without these the provider wants a Docker daemon.
            disableDockerDaemonCheck: true,
            host: "ssh://unused.invalid",
        }),
    };
}
