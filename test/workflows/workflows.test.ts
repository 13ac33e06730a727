import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { commands, type Job, root, type Step, workflows } from "./workflowFiles";

const FORK_GUARD = "github.event.pull_request.head.repo.full_name == github.repository";
const rows = workflows.map((it) => [it.name, it] as const);

function jobsOf({ workflow }: (typeof workflows)[number]): [string, Job][] {
    return Object.entries(workflow.jobs);
}

function stepsOf(file: (typeof workflows)[number]): Step[] {
    return jobsOf(file).flatMap(([, { steps = [] }]) => steps);
}

it("finds the workflows", () => {
    expect(workflows.map(({ name }) => name).sort()).toEqual([
        "ci.yml",
        "deploy.yml",
        "preview.yml",
        "promote.yml",
    ]);
});

describe.each(rows)("%s", (_, file) => {
    it("pins every action by a commit, and says which release that is", () => {
        const lines = file.text.split("\n").filter((line) => /^\s*(?:- )?uses:/.test(line));
        const loose = lines.filter(
            (line) =>
                !/ uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line) &&
                !/ uses: \.\/\.github\/workflows\/[\w-]+\.yml$/.test(line),
        );
        expect(loose).toEqual([]);
        expect(lines.length).toBeGreaterThan(0);
    });

    it("may only read, unless a job says otherwise", () => {
        expect(file.workflow.permissions).toEqual({ contents: "read" });
    });

    it("does not run beside itself, nor for ever", () => {
        expect(file.workflow.concurrency?.group).toMatch(/./);
        const endless = jobsOf(file).filter(
            ([, job]) => job.uses === undefined && job["timeout-minutes"] === undefined,
        );
        expect(endless).toEqual([]);
    });

    it("runs no code of a fork with the rights of the repository", () => {
        const triggers = Object.keys(file.workflow.on);
        const dangerous = ["pull_request_target", "workflow_run", "issue_comment"];
        expect(triggers.filter((trigger) => dangerous.includes(trigger))).toEqual([]);
        const guarded =
            !triggers.includes("pull_request") ||
            jobsOf(file).every(([, job]) => job.if?.includes(FORK_GUARD));
        const text = guarded ? "" : JSON.stringify(file.workflow);
        expect(text).not.toMatch(/secrets|write|github\.token|environment"/);
    });

    it("runs nothing but scripts of this repository, and lets no input into a command", () => {
        const odd = stepsOf(file)
            .flatMap(({ run }) => run ?? [])
            .filter(
                (run) =>
                    !/^(?:npm test|npm run [\w:]+|sh (?:\.github\/scripts|cli)\/[\w-]+\.sh(?: [\w"$/]+)*)$/.test(
                        run,
                    ),
            );
        expect(odd).toEqual([]);
    });

    it("leaves no token of Git's behind for the steps after the checkout", () => {
        const kept = stepsOf(file).filter(
            (step) =>
                step.uses?.startsWith("actions/checkout@") &&
                step.with?.["persist-credentials"] !== false,
        );
        expect(kept).toEqual([]);
    });
});

it("gives each job only the rights that it needs", () => {
    const granted = workflows.flatMap((file) =>
        jobsOf(file).flatMap(([name, { permissions }]) =>
            permissions === undefined ? [] : [[`${file.name} ${name}`, permissions] as const],
        ),
    );
    expect(Object.fromEntries(granted)).toEqual({
        "deploy.yml dev": { contents: "read", "id-token": "write" },
        "preview.yml dev": {
            contents: "read",
            "id-token": "write",
            "pull-requests": "write",
        },
        "promote.yml deploy": { contents: "read", "id-token": "write" },
        "promote.yml propose": {
            contents: "write",
            "id-token": "write",
            "pull-requests": "write",
        },
    });
});

it("uses one commit of each action, and one version of each tool", () => {
    const text = workflows.map((file) => file.text).join("\n");
    const actions = new Set(text.match(/\S+@[0-9a-f]{40}/g));
    const names = [...actions].map((action) => action.split("@")[0]);
    expect(names).toHaveLength(new Set(names).size);
    const versions = new Set(text.match(/(?:pulumi|node|go)-version: .*/g));
    expect([...versions].sort()).toEqual([
        'go-version: "1.26"',
        "node-version: 20",
        "pulumi-version: 3.259.0",
    ]);
});

it("runs scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
        scripts: Record<string, string>;
    };
    const missing = commands.filter((run) => {
        const [program, name = "", script = ""] = run.split(" ");
        return program === "npm"
            ? !((name === "run" ? script : name) in scripts)
            : !existsSync(join(root, name));
    });
    expect(missing).toEqual([]);
});
