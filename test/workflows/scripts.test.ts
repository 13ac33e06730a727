import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Place, place, removePlaces, run } from "./place";
import { commands, root } from "./workflowFiles";

afterAll(removePlaces);

it("covers every script that a workflow runs", () => {
    const scripts = commands.flatMap((run) => /\/([\w-]+\.sh)/.exec(run)?.[1] ?? []);
    expect([...new Set(scripts)].sort()).toEqual([
        // See workflows.test.ts.
        "actionlint.sh",
        "install.sh",
        "kubeconfig.sh",
        "plan-summary.sh",
        "promote.sh",
        "propose-promotion.sh",
    ]);
});

describe("install.sh", () => {
    it("installs the packages of the program and of the policy pack as they are locked", () => {
        const { status, calls } = run(place({ npm: "" }), "install.sh", []);
        expect(status).toBe(0);
        expect(calls).toEqual([" npm ci --no-progress", "/policy npm ci --no-progress"]);
    });
});

describe("actionlint.sh", () => {
    it("says what it needs where there is no Go", () => {
        const it = place({ dirname: 'echo "${1%/*}"' });
        const { status, stderr } = run(it, "actionlint.sh", [], { PATH: join(it.folder, "bin") });
        expect(stderr).toMatch(
            /^actionlint: needs Go to build actionlint v[\d.]+, and there is none/,
        );
        expect(status).toBe(3);
    });

    it("says so where the module cannot be had, and shows what Go says", () => {
        const it = place({ go: "echo no proxy; exit 1" });
        const { status, stderr } = run(it, "actionlint.sh", []);
        expect(stderr).toContain("no proxy\nactionlint: v");
        expect(status).toBe(3);
    });
});

describe("kubeconfig.sh", () => {
    it("keeps the kubeconfig from other users, and names it to the later steps", () => {
        const it = place({});
        const { status, stdout } = run(it, "kubeconfig.sh", [], {
            KUBECONFIG_CONTENT: "kind: Config",
        });
        const file = join(it.folder, "temp/kubeconfig");
        expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
        expect(readFileSync(file, "utf8")).toBe("kind: Config\n");
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(readFileSync(join(it.folder, "temp/env"), "utf8")).toBe(`KUBECONFIG=${file}\n`);
    });

    it("says which secret is missing", () => {
        const { status, stderr } = run(place({}), "kubeconfig.sh", [], { KUBECONFIG_CONTENT: "" });
        expect(status).not.toBe(0);
        expect(stderr).toContain("set the secret KUBECONFIG of the environment");
    });
});

describe("promote.sh", () => {
    it.each([
        [{}, "--from dev --to staging"],
        [{ IMAGE: "", PREVIOUS: "false" }, "--from dev --to staging"],
        [{ IMAGE: "a b; id" }, "--from dev --to staging --image a b; id"],
        [{ PREVIOUS: "true" }, "--to staging --to-previous"],
    ])("turns the form %j into arguments", (form, args) => {
        const env = { FROM: "dev", TO: "staging", ...form };
        const { status, calls } = run(place({ npm: "" }), "promote.sh", [], env);
        expect(status).toBe(0);
        expect(calls).toEqual([` npm run promote -- ${args} --yes`]);
    });

    it("takes an empty backend for none", () => {
        const it = place({ npm: 'echo "${PULUMI_BACKEND_URL-none}"' });
        const env = { FROM: "dev", TO: "staging", PULUMI_BACKEND_URL: "" };
        expect(run(it, "promote.sh", [], env).stdout).toBe("none\n");
    });

    it("fails when the promotion is refused", () => {
        const env = { FROM: "dev", TO: "staging" };
        expect(run(place({ npm: "exit 4" }), "promote.sh", [], env).status).toBe(4);
    });
});

describe("propose-promotion.sh", () => {
    const env = { FROM: "dev", TO: "staging", GH_TOKEN: "none" };

    function git(folder: string, ...args: string[]): string {
        const identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"];
        const { stdout, stderr, status } = spawnSync("git", [...identity, ...args], {
            cwd: folder,
            encoding: "utf8",
        });
        expect({ stderr: status === 0 ? "" : stderr, args }).toEqual({ stderr: "", args });
        return stdout.trim();
    }

    /** A clone with a stack file, and the repository that it is pushed to. */
    function clone(): Place & { readonly origin: string } {
        const it = place({ gh: "" });
        const origin = join(it.folder, "origin.git");
        git(it.folder, "init", "--quiet", "--bare", origin);
        git(it.folder, "init", "--quiet", "--initial-branch=main");
        writeFileSync(join(it.folder, "Pulumi.staging.yaml"), "config: {}\n");
        writeFileSync(join(it.folder, "Pulumi.prod.yaml"), "config: {}\n");
        git(it.folder, "add", "Pulumi.staging.yaml", "Pulumi.prod.yaml");
        git(it.folder, "commit", "--quiet", "--message", "Stacks");
        git(it.folder, "remote", "add", "origin", origin);
        return { ...it, origin };
    }

    it("pushes the one line on a branch of its own and makes a pull request of it", () => {
        const it = clone();
        writeFileSync(join(it.folder, "Pulumi.staging.yaml"), "config: { digest: sha256 }\n");
        const { status, calls } = run(it, "propose-promotion.sh", [], env);
        const commit = git(it.folder, "rev-parse", "HEAD");
        expect(status).toBe(0);
        expect(git(it.origin, "rev-parse", "promote/staging-7-1")).toBe(commit);
        expect(git(it.folder, "show", "--format=%s", "--name-only", commit)).toBe(
            "Promote dev to staging\n\nPulumi.staging.yaml",
        );
        expect(calls).toEqual([
            " gh auth setup-git",
            expect.stringMatching(
                /^ gh pr create --head promote\/staging-7-1 --title Promote dev to staging --body /,
            ),
        ]);
        expect(readFileSync(join(it.folder, "temp/output"), "utf8")).toBe(`commit=${commit}\n`);
    });

    it.each([
        ["nothing", {}, "none"],
        ["another stack too", { staging: "a: 1\n", prod: "a: 1\n" }, "Pulumi.prod.yaml"],
        ["only another stack", { prod: "a: 1\n" }, "Pulumi.prod.yaml"],
    ])("refuses when %s changed", (_, files, found) => {
        const it = clone();
        for (const [stack, text] of Object.entries(files)) {
            writeFileSync(join(it.folder, `Pulumi.${stack}.yaml`), text);
        }
        const { status, stderr, calls } = run(it, "propose-promotion.sh", [], env);
        expect(status).toBe(1);
        expect(stderr).toContain("expected a change of Pulumi.staging.yaml and of nothing else");
        expect(stderr).toContain(found);
        expect(calls).toEqual([]);
    });
});

describe("plan-summary.sh", () => {
    const plan = (text: string) =>
        `while [ "$1" != --out ]; do ${text}; shift; done; echo "a plan" >"$2"`;

    it("shows how a stack's plan differs, of the real program", () => {
        const it = place({});
        const summary = join(it.folder, "summary");
        const { status, stderr } = spawnSync(
            "sh",
            [join(root, ".github/scripts/plan-summary.sh"), "HEAD", "dev"],
            { env: { ...process.env, GITHUB_STEP_SUMMARY: summary }, encoding: "utf8" },
        );
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const text = readFileSync(summary, "utf8");
        expect(text).toMatch(
            /^### Stack `dev`, offline plan\n\n````diff\nPlan of stack dev: HEAD \(/,
        );
        expect(text).toMatch(/\n````\n\n$/);
    }, 120_000);

    it("shows the whole plan where the other revision has none", () => {
        const npm = plan('[ "$1" != --diff ] || { echo "no such plan" >&2; exit 2; }');
        const { status, stdout } = run(place({ npm }), "plan-summary.sh", ["origin/main", "dev"]);
        expect(status).toBe(0);
        expect(stdout).toBe(
            [
                "### Stack `dev`: nothing to compare with",
                "",
                "````text",
                "no such plan",
                "",
                "````",
                "",
                "### Stack `dev`, offline plan as a whole",
                "",
                "````text",
                "a plan",
                "",
                "````",
                "",
                "",
            ].join("\n"),
        );
    });

    it("fails with what the program says, after all stacks were planned", () => {
        const npm = plan('[ "$1" != prod ] || { echo "a problem" >&2; exit 2; }');
        const it = place({ npm });
        const { status, stderr } = run(it, "plan-summary.sh", ["origin/main", "prod", "dev"]);
        expect(status).toBe(1);
        expect(stderr).toContain("### Stack `prod` has no plan\n\n````text\na problem\n");
        expect(stderr).toContain("### Stack `dev`, offline plan\n");
    });
});
