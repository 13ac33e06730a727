import { runSeedScript, secondsOf } from "../bench/seed/script";
import { setUpSeed } from "../bench/seed/setUp";
import { run, succeeded } from "./run";
import type { TestStack } from "./testStack";

/**
 * Does by hand what the seed guide says for a stack's service, step after step as its own script does, and returns the
 * seconds from the first build to the end of the rollout. What the guide sets up once is set up beforehand, in a
 * namespace of its own, and not counted.
 */
export async function runSeedSteps(stack: TestStack, name: string): Promise<number> {
    const namespace = `${stack.namespace}-seed`;
    succeeded(await run(["oc", "create", "namespace", namespace]));
    try {
        const { reference = "" } = (await stack.outputs())[name] ?? {};
        const seed = { namespace, name, gitUrl: stack.repository.url };
        const pattern = { namespace: stack.namespace, name, reference };
        await setUpSeed([{ seed, pattern }]);
        return secondsOf(await runSeedScript(seed));
    } finally {
        await run(["oc", "delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
    }
}
