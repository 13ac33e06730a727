import type { Help } from "../commandLine/help";

const WHAT: Readonly<Record<string, string>> = {
    up: "Runs pulumi up with --refresh, --continue-on-error and 64 operations at a time, after clearing away what a killed run left.",
    preview: "Runs pulumi preview. It changes nothing in the cluster.",
    destroy: "Runs pulumi destroy, and keeps a namespace in which somebody else has something.",
};

/** What `--help` says of `npm run up`, `preview` or `destroy`. */
export function stackHelp(verb: string): Help {
    const own =
        verb === "destroy"
            ? [["--with-namespace NAME", "delete that namespace with all that is in it"] as const]
            : [];
    return {
        name: verb,
        what: WHAT[verb] ?? "Runs pulumi on a stack.",
        usage: [`npm run ${verb} -- [--stack NAME] [any option of pulumi ${verb}]`],
        options: [
            ["--stack NAME, -s", "the stack; the one that Pulumi has selected if none is given"],
            ["--cwd FOLDER, -C", "the folder of the project"],
            ["--config-file FILE", "the stack's file"],
            ...own,
            [`any other option`, `goes to pulumi unchanged; see: pulumi ${verb} --help`],
        ],
        failure: "the update failed, or pulumi gave another code, which is passed on",
    };
}
