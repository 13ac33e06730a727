import { UsageError } from "../../config/usageError";

/** What `npm run up`, `preview` and `destroy` are told. */
export interface StackCommand {
    readonly verb: "up" | "preview" | "destroy";
    /** Name of the stack, unless it is the one that Pulumi has selected. */
    readonly stack: string | undefined;
    /** Folder of the project, unless it is the working directory. */
    readonly folder: string | undefined;
    /** The namespace that shall be deleted with all that is in it. @default none: what others have there is kept */
    readonly withNamespace: string | undefined;
    /** Everything for pulumi, as it was given. */
    readonly passed: readonly string[];
}

const verbs = ["up", "preview", "destroy"] as const;

/** The one option that pulumi does not know. */
const OWN = "--with-namespace";
const isOwn = (word: string) => word === OWN || word.startsWith(`${OWN}=`);

/** Reads the arguments of cli/stack.ts; what is not its own goes to pulumi unchanged. */
export function parseStackCommand(argv: readonly string[]): StackCommand {
    const [given, ...passed] = argv;
    const verb = verbs.find((it) => it === given);
    if (verb === undefined) {
        throw new UsageError(
            "usage: npm run up|preview|destroy -- [--stack NAME] [any option of pulumi]",
        );
    }
    const withNamespace = valueOf(passed, OWN);
    if (passed.some(isOwn) && (verb !== "destroy" || !withNamespace)) {
        throw new UsageError(
            `${OWN} is for destroy alone, and wants the namespace's name: ${OWN} NAME`,
        );
    }
    return {
        verb,
        stack: valueOf(passed, "--stack", "-s"),
        folder: valueOf(passed, "--cwd", "-C"),
        withNamespace,
        passed: passed.filter((word, index) => !isOwn(word) && passed[index - 1] !== OWN),
    };
}

/** The file that the stack's configuration is in, as those commands of pulumi want it that read it. */
export function configOptions({ passed }: StackCommand): string[] {
    const file = valueOf(passed, "--config-file");
    return file === undefined ? [] : ["--config-file", file];
}

/** The options that every command of pulumi about the same stack needs. */
export function optionsFor({ stack, folder }: StackCommand): string[] {
    return [
        ...(stack === undefined ? [] : ["--stack", stack]),
        ...(folder === undefined ? [] : ["--cwd", folder]),
    ];
}

/**
 * Operations that an update does at a time. Pulumi's own number is four for each CPU of this machine (3.259,
 * pkg/cmd/pulumi/operations/up.go), which says nothing of the cluster: a build is one operation as long as it runs there.
 * How many builds run is for `build.maxConcurrent`.
 */
const PARALLEL = 64;

/**
 * The words after `pulumi`: what was given, and what makes the run heal and report by itself, and not wait for this
 * machine. `environment` may have a number of operations at a time already.
 */
export function pulumiArguments(
    { verb, passed }: StackCommand,
    environment: NodeJS.ProcessEnv = process.env,
): string[] {
    const given = (...options: string[]) =>
        passed.some((it) => options.some((option) => it === option || it.startsWith(`${option}=`)));
    const wanted = [
        { option: "--continue-on-error", isGiven: given("--continue-on-error") },
        { option: "--refresh", isGiven: given("--refresh", "-r") },
        {
            option: `--parallel=${PARALLEL}`,
            isGiven: given("--parallel", "-p") || environment["PULUMI_PARALLEL"] !== undefined,
        },
    ];
    const added = verb === "up" ? wanted.filter(({ isGiven }) => !isGiven) : [];
    return [verb, ...added.map(({ option }) => option), ...passed];
}

/** The value of an option in any of the ways in which it may be given; the last one counts. */
function valueOf(passed: readonly string[], long: string, short?: string): string | undefined {
    let value: string | undefined;
    for (const [index, word] of passed.entries()) {
        if (word === long || word === short) {
            value = passed[index + 1];
        } else if (word.startsWith(`${long}=`)) {
            value = word.slice(long.length + 1);
        }
    }
    return value;
}
