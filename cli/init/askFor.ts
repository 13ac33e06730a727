import { UsageError } from "../../config/usageError";
import { checked } from "./arguments";
import type { NewStack } from "./stackText";

/** Asks a person; undefined where nobody can be asked. */
export type Ask =
    ((question: string, suggestion: string | undefined) => Promise<string>) | undefined;

/** What a repository suggests. */
export interface Suggestions {
    /** Whether the Dockerfile was read. */
    readonly isRead: boolean;
    /** Ports that it EXPOSEs. */
    readonly ports: readonly number[];
}

/** Looks at a Dockerfile of a repository; what cannot be read suggests nothing. */
export type Look = (url: string, ref: string, dockerfile: string) => Promise<Suggestions>;

/**
 * Completes what a new stack needs: from the options, else from a person, else from a suggestion.
 *
 * Throws a `UsageError` that names the option where nothing is given and nobody can be asked.
 */
export async function completeStack(
    given: ReadonlyMap<string, string>,
    ask: Ask,
    look: Look,
): Promise<NewStack> {
    const value = async (flag: string, question: string, suggestion?: string): Promise<string> => {
        const said = given.get(flag);
        if (said !== undefined) {
            return checked(flag, said);
        }
        if (ask !== undefined) {
            const answer = (await ask(question, suggestion)).trim();
            return checked(flag, answer === "" ? (suggestion ?? "") : answer);
        }
        if (suggestion === undefined) {
            throw new UsageError(
                `${flag}: not given, and there is no terminal to ask on. See: npm run init -- --help`,
            );
        }
        return checked(flag, suggestion);
    };
    const gitUrl = await value("--git-url", "Git URL of the service's source");
    const gitRef = await value("--git-ref", "Branch or tag", "main");
    const dockerfile = await value("--dockerfile", "Dockerfile in the repository", "Dockerfile");
    const { ports } = await look(gitUrl, gitRef, dockerfile);
    const image = await value("--image", "Name of the image", nameOf(gitUrl));
    const namespace = await value("--namespace", "Namespace in the cluster", image);
    const create = await value("--create-namespace", "May the stack create it (yes, no)", "yes");
    const destination = await value("--destination", "Repository to push to");
    const suggested = ports[0] === undefined ? "none" : String(ports[0]);
    const port = await value("--port", "Port of the service, or none", suggested);
    const probe =
        port === "none" ? "/" : await value("--probe", "Path of its health check", "/health");
    const architectures = await value("--architectures", "Architectures", "amd64,arm64");
    if (given.has("--push-secret") && given.has("--username")) {
        throw new UsageError("--push-secret and --username: expected one of them, not both.");
    }
    const pushSecret = given.get("--push-secret");
    const username =
        pushSecret === undefined ? await value("--username", "Account that may push") : undefined;
    return {
        ...{ namespace, gitUrl, gitRef, image, dockerfile, destination, probe },
        createNamespace: create === "yes",
        port: port === "none" ? undefined : Number(port),
        architectures: [...new Set(architectures.split(","))],
        pushSecret: pushSecret === undefined ? undefined : checked("--push-secret", pushSecret),
        username,
    };
}

/** A name for what a repository holds, in the letters that objects of the cluster may have. */
function nameOf(url: string): string | undefined {
    const last =
        url
            .replace(/\/+$/, "")
            .replace(/\.git$/, "")
            .split(/[/:]/)
            .at(-1) ?? "";
    const name = last
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, 40)
        .replace(/^-+|-+$/g, "");
    return name === "" ? undefined : name;
}
