import * as pulumi from "@pulumi/pulumi";

import { checkCluster } from "../../checks/clusterChecks";
import { type FakeCluster } from "../cluster/fakeCluster";
import { load, minimal, type Stack } from "../config/load";

/** The problem of a right that the account does not have. */
export function mayNot(action: string): string {
    return `your account may not ${action} in the namespace shop. Have it granted, e.g.: oc policy add-role-to-user admin "$(oc whoami)" -n shop`;
}

/** The whole text that a stack is refused with; nothing when it is not. */
export async function refusalOn(
    cluster: FakeCluster,
    stack: Stack = minimal,
    isPreview = false,
): Promise<string | undefined> {
    try {
        await checkCluster(cluster, load(stack), isPreview);
        return undefined;
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) {
            return error.message;
        }
        throw error;
    }
}

/** The problems that a stack is refused for. */
export async function problemsOn(
    cluster: FakeCluster,
    stack: Stack = minimal,
    isPreview = false,
): Promise<string[]> {
    const text = await refusalOn(cluster, stack, isPreview);
    const [headline, ...lines] = text?.trimEnd().split("\n") ?? [];
    expect([undefined, "Nothing was changed: the cluster is not ready for it."]).toContain(
        headline,
    );
    return lines.map((line) => line.replace(/^ {2}(?! )/, ""));
}
