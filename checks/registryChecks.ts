import * as pulumi from "@pulumi/pulumi";

import { type BuiltImage, type Config } from "../config/loadConfig";
import { parseImageReference } from "../config/imageReference";
import { bodyOf } from "../registry/answers";
import type { Login } from "../registry/login";
import { Repository } from "../registry/registry";
import { UnknownAccount } from "../registry/registryAuth";
import { refusal } from "../config/refusal";

/** Answers that say nothing about the account: the publisher tries again, with more patience. */
const OTHER = [405, 429, 500, 502, 503, 504];

/**
 * Begins to push to each repository that these images are published to, and gives it up at once: what the registry refuses
 * is known before anything is built. A registry that cannot be asked from here is no problem of this check.
 *
 * Throws a `RunError` that names the key to change. Not for a preview: a registry may make the repository for it.
 */
export async function checkRegistry(
    config: Config,
    images: readonly BuiltImage[],
    inSecret: Login | undefined,
): Promise<void> {
    const { registry } = config;
    const account = images.length === 0 ? undefined : await accountOf(config, inSecret);
    if (account === undefined) {
        return;
    }
    const destinations = [...new Set(images.map(({ destination }) => destination))].filter(
        // The password is that registry's: no other host must see it.
        (destination) => parseImageReference(destination)?.registry === registry.server,
    );
    const answers = await Promise.all(
        destinations.map((destination) => mayPush(destination, account)),
    );
    const problems = answers.filter((it) => it !== undefined);
    if (problems.length > 0) {
        throw refusal(
            [
                `Nothing was changed: ${registry.server} refuses what images are to be published with.`,
                ...new Set(problems.map((problem) => `  ${problem}`)),
                "Next:",
                `  ${account.next}`,
            ].join("\n"),
        );
    }
}

/** An account, and the keys of the configuration that say which. */
interface Account extends Login {
    readonly nameKey: string;
    readonly passwordKey: string;
    /** The command that changes the password. */
    readonly next: string;
}

/** The account of the stack's registry: that in its push Secret, or else that of the configuration. */
export async function accountOf(
    { registry, registryPassword, namespace }: Config,
    secret: Login | undefined,
): Promise<Account | undefined> {
    if (registry.pushSecret !== undefined && secret !== undefined) {
        const nameKey = `multiarch:registry.pushSecret (Secret ${registry.pushSecret})`;
        const change = `--docker-server=${registry.server} --docker-username='${secret.username.replaceAll("'", `'\\''`)}' --docker-password=PASSWORD --dry-run=client -o yaml | oc apply -f -`;
        const next = `oc create secret docker-registry ${registry.pushSecret} -n ${namespace.name} ${change}`;
        return { ...secret, nameKey, passwordKey: nameKey, next };
    }
    const { username } = registry;
    if (username === undefined || registryPassword === undefined) {
        return undefined;
    }
    const password = await new Promise<string>((resolve) => {
        registryPassword.apply(resolve);
    });
    const passwordKey = "multiarch:registryPassword";
    const next = `pulumi config set --secret ${passwordKey} --stack ${pulumi.getStack()}`;
    return { username, password, nameKey: "multiarch:registry.username", passwordKey, next };
}

/** Why an account may not push to a repository; undefined when it may, or when that is not known. */
async function mayPush(destination: string, login: Account): Promise<string | undefined> {
    const image = parseImageReference(destination);
    if (image === undefined) {
        return undefined;
    }
    const repository = new Repository(image, login);
    const user = JSON.stringify(login.username);
    let response: Response;
    try {
        const expect = [401, 403, 404, ...OTHER];
        response = await repository.request("blobs/uploads/", { method: "POST", expect });
    } catch (error) {
        // The token service's answer to an account that it does not know.
        return error instanceof UnknownAccount ? wrongPassword(image.registry, login) : undefined;
    }
    const { status, headers } = response;
    if (status === 202) {
        await giveUp(repository, headers.get("location"));
    }
    if (status === 401 && /^basic\b/i.test(headers.get("www-authenticate") ?? "")) {
        return wrongPassword(image.registry, login);
    }
    if (status === 404 && (await refusesName(response))) {
        return `multiarch:images[].destination: ${image.registry} has no place for ${destination} (it answered 404): expected a repository, or an organization or project in which ${user} may make one`;
    }
    return status === 401 || status === 403
        ? `${login.nameKey}: ${user} may not push to ${destination} (${image.registry} answered ${status}): expected an account with the right to write`
        : undefined;
}

/** Whether a registry says that it has no such repository and makes none, and not only that it has no such path. */
async function refusesName(response: Response): Promise<boolean> {
    const text = (await bodyOf(response).catch(() => Buffer.of())).toString();
    return /"code"\s*:\s*"NAME_(?:UNKNOWN|INVALID)"/.test(text);
}

function wrongPassword(registry: string, { passwordKey, username }: Account): string {
    const user = JSON.stringify(username);
    return `${passwordKey}: ${registry} does not take it for the account ${user}: expected its present password or token, not one that was changed or has expired`;
}

/** Upload sessions expire by themselves: that this one stays for a while harms nobody. */
async function giveUp(repository: Repository, location: string | null): Promise<void> {
    // A location elsewhere is not ours to ask anything of.
    if (location !== null && repository.isOwn(repository.addressOf(location))) {
        await repository
            .request(location, { method: "DELETE", expect: [404, 405] })
            .catch(() => undefined);
    }
}
