import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import { installPlugins } from "../plugins";
import { createRepository, type Repository } from "../sandbox/fixture";
import { paths, quay } from "../sandbox/settings";
import { type Finished, run, succeeded } from "./run";
import type { ImageOutputs } from "./testStack";

/** Several stacks of the program in one backend, whose files are in a Git repository of their own. */
export class StackSet {
    private constructor(
        readonly id: string,
        readonly repository: Repository,
        readonly folder: string,
    ) {}

    /** Makes the backend and the two Git repositories, of the source and of the stacks' files. */
    static async create(name: string): Promise<StackSet> {
        const id = `${name}-${randomBytes(3).toString("hex")}`;
        const repository = await createRepository(id);
        const set = new StackSet(id, repository, mkdtempSync(join(tmpdir(), `multiarch-${id}-`)));
        installPlugins(join(set.folder, "home"));
        mkdirSync(set.files);
        copyFileSync(join(paths.repository, "Pulumi.yaml"), join(set.files, "Pulumi.yaml"));
        await set.git("init", "--quiet", "--initial-branch=main");
        await set.git("config", "user.name", "Test");
        await set.git("config", "user.email", "test@sandbox.test");
        return set;
    }

    /** Makes a stack with these settings and the registry's password, and commits its file. */
    async add(stack: string, settings: Record<string, unknown>): Promise<void> {
        const config = Object.fromEntries(
            Object.entries(settings).map(([key, value]) => [`multiarch:${key}`, value]),
        );
        const text = `# Stack ${stack}, of a test.\n${stringify({ config })}`;
        writeFileSync(this.file(stack), text);
        const init = ["pulumi", "stack", "init", stack, "--non-interactive"];
        succeeded(await run(init, { backend: this.folder, cwd: this.files }));
        if (Object.hasOwn(settings["registry"] ?? {}, "username")) {
            await this.secret(stack, "registryPassword", quay.password);
        }
        await this.commit(`Add ${stack}`);
    }

    /** Sets a secret of a stack. */
    async secret(stack: string, key: string, value: string): Promise<void> {
        const set = ["pulumi", "config", "set", "--secret", `multiarch:${key}`];
        const file = ["--stack", stack, "--config-file", this.file(stack), "--non-interactive"];
        succeeded(await this.run([...set, ...file], value));
    }

    async up(stack: string, ...args: string[]): Promise<Finished> {
        return this.onStack(stack, "up", "--yes", "--skip-preview", ...args);
    }

    async preview(stack: string, ...args: string[]): Promise<Finished> {
        return this.onStack(stack, "preview", ...args);
    }

    /** Outputs of a stack's images. */
    async outputs(stack: string): Promise<Record<string, ImageOutputs>> {
        const text = succeeded(
            await this.run(["pulumi", "stack", "output", "--json", "--stack", stack]),
        );
        return (JSON.parse(text) as { images: Record<string, ImageOutputs> }).images;
    }

    /** Types of a stack's resources, sorted. */
    async types(stack: string): Promise<string[]> {
        const text = succeeded(await this.run(["pulumi", "stack", "export", "--stack", stack]));
        const state = JSON.parse(text) as { deployment: { resources?: { type: string }[] } };
        return (state.deployment.resources ?? []).map(({ type }) => type).sort();
    }

    /** Runs `npm run promote`, without npm. */
    async promote(...args: string[]): Promise<Finished> {
        const program = ["node", "--require", "tsx/cjs", "cli/promote.ts"];
        // A stack with a push secret is checked with what `docker login` has left on this machine.
        const account = Buffer.from(`${quay.user}:${quay.password}`).toString("base64");
        const config = { auths: { [quay.host]: { auth: account } } };
        const docker = join(this.folder, "docker");
        mkdirSync(docker, { recursive: true });
        writeFileSync(join(docker, "config.json"), JSON.stringify(config), { mode: 0o600 });
        const env = { DOCKER_CONFIG: docker };
        return this.run([...program, "--config-dir", this.files, ...args], "", env);
    }

    async git(...args: string[]): Promise<string> {
        return succeeded(await run(["git", "-C", this.files, ...args]));
    }

    /** Commits all stacks' files. */
    async commit(message: string): Promise<void> {
        await this.git("add", "-A");
        await this.git("commit", "--quiet", "-m", message);
    }

    /** The lines of a stack's file that are not as Git has them, without context. */
    async changedLines(stack: string): Promise<string[]> {
        const diff = await this.git("diff", "--unified=0", "--", this.file(stack));
        return diff.split("\n").filter((line) => /^[+-](?![+-])/.test(line));
    }

    /** Changes the text of a stack's file. */
    edit(stack: string, change: (text: string) => string): void {
        writeFileSync(this.file(stack), change(readFileSync(this.file(stack), "utf8")));
    }

    /** What the Service of a namespace answers; kube-proxy may learn of its endpoints some seconds after the rollout. */
    async answer(namespace: string, service = "context-api"): Promise<string> {
        const path = ["-o", "jsonpath={.spec.clusterIP}"];
        const ip = succeeded(
            await run(["oc", "-n", namespace, "get", "service", service, ...path]),
        );
        const patience = ["--retry", "20", "--retry-delay", "1", "--retry-connrefused"];
        const limit = ["-s", "--max-time", "30", ...patience];
        return (await run(["curl", ...limit, `http://${ip}:8091/health`])).text;
    }

    /** Number of Builds in a namespace. */
    async builds(namespace: string): Promise<number> {
        const text = succeeded(await run(["oc", "-n", namespace, "get", "builds", "-o", "name"]));
        return text.split("\n").filter((line) => line.startsWith("build")).length;
    }

    /** Commits a version of the service. */
    async release(version: string): Promise<string> {
        const clone = mkdtempSync(join(this.folder, "clone-"));
        const author = ["-c", "user.name=Test", "-c", "user.email=test@sandbox.test"];
        const git = async (...args: string[]) =>
            succeeded(await run(["git", ...author, "-C", clone, ...args])).trim();
        await git("clone", "-q", this.repository.path, ".");
        writeFileSync(join(clone, "VERSION"), `${version}\n`);
        await git("commit", "-q", "-am", `Version ${version}`);
        await git("push", "-q", "origin", "HEAD:main");
        return git("rev-parse", "HEAD");
    }

    async remove(...namespaces: string[]): Promise<void> {
        await run([
            "oc",
            "delete",
            "namespace",
            ...namespaces,
            "--ignore-not-found",
            "--wait=false",
        ]);
    }

    /** Runs a command with the set's backend, in the folder of Pulumi.yaml. */
    async run(argv: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Promise<Finished> {
        return run(argv, { input, env, backend: this.folder });
    }

    /** A stack's file. */
    file(stack: string): string {
        return join(this.files, `Pulumi.${stack}.yaml`);
    }

    /** The folder of the stacks' files. */
    get files(): string {
        return join(this.folder, "stacks");
    }

    async onStack(stack: string, ...args: string[]): Promise<Finished> {
        return this.pulumi(stack, ...args, "--stack", stack, "--color", "never");
    }

    private async pulumi(stack: string, ...args: string[]): Promise<Finished> {
        const file = ["--config-file", this.file(stack)];
        return this.run(["pulumi", ...args, ...file, "--non-interactive"]);
    }
}
