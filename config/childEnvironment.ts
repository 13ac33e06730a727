/** Pulumi's own: the configuration with every secret decrypted, and what decrypts it. Source: pulumi.com/docs/iac/cli/environment-variables. */
const PULUMI = [
    "PULUMI_CONFIG",
    "PULUMI_CONFIG_SECRET_KEYS",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_ACCESS_TOKEN",
];

/**
 * What Git sets for the repository that one of its commands works in: inherited by a hook, they point every Git there. All that
 * `git rev-parse --local-env-vars` lists (2.39) but GIT_CONFIG_COUNT and what goes with it, by which CI configures Git.
 */
const REPOSITORY = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
];

const HIDDEN: ReadonlySet<string> = new Set([...PULUMI, ...REPOSITORY]);

/**
 * The environment of a child process: this one's, without Pulumi's secrets and without a repository that Git has in mind, and with
 * `extra`. For every child but pulumi itself, which needs what decrypts a stack.
 */
export function childEnvironment(
    extra: NodeJS.ProcessEnv = {},
    own: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
    const kept = Object.entries(own).filter(([name]) => !HIDDEN.has(name));
    return { ...Object.fromEntries(kept), ...extra };
}
