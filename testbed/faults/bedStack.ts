import { namespaceName } from "../sandbox/settings";
import { type ImageSettings, TestStack, application } from "../e2e/testStack";
import { dockerfile } from "./dockerfile";
import { FaultyRegistry } from "./faultyRegistry";

/** What a bed is made with. */
export interface BedOptions {
    /** Put a {@link FaultyRegistry} in front of the stand-in for quay.io. */
    readonly registry?: boolean;
    readonly image?: Partial<ImageSettings>;
    /** Keys of the stack's configuration. */
    readonly overrides?: Record<string, unknown>;
}

/** Name of every bed's image and service. */
export const name = "context-api";

/** Makes a stack with everything of its own; nothing of it is in the cluster yet. */
export async function makeStack(id: string, options: BedOptions) {
    if (namespaceName === "multiarch") {
        throw new Error("faults need a sandbox of their own: npm run faults");
    }
    const image = { name, application, ...options.image };
    const stack = await TestStack.create(id, [image], options.overrides);
    if (options.registry !== true) {
        return { stack, registry: undefined };
    }
    const registry = await FaultyRegistry.start();
    const { host, account } = registry;
    stack.configure({ registry: { server: host, username: account.user } });
    stack.configureImage(name, { destination: `${host}/${stack.namespace}/${name}` });
    await stack.setPassword(account.password);
    const base = dockerfile(`${host}/sandbox/base:latest`);
    await stack.commit({ "docker/context-api.Dockerfile": base });
    return { stack, registry };
}
