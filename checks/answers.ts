import type { Config } from "../config/loadConfig";
import type { Login } from "../registry/login";
import type { Releases } from "./releases";

/** What an update found out before it changes anything. */
export interface Answers {
    /** The commit of each image that is built, and of each that `sourceStack` built if that is known, by its name. */
    readonly commits: ReadonlyMap<string, string>;
    /** Finished builds whose image is gone, by identity: they are run again. */
    readonly lost: ReadonlyMap<string, string>;
    /** What the stack has deployed up to now. */
    readonly releases: Releases;
    /** The registry's account in the push Secret; nothing where there is none. */
    readonly account: Login | undefined;
    /** File by which Commands find the process that serves them, relative to the project. */
    readonly runFile: string;
}

/**
 * All that the program asks outside. `startProviders` may be called while that goes on, as soon as the providers' plugins
 * can be started beside the questions.
 *
 * Rejects with a `RunError` that names what is missing: then nothing is declared.
 */
export type Outside = (config: Config, startProviders: () => void) => Promise<Answers>;
