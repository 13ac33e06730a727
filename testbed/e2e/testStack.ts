import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { parse, stringify } from "yaml";

import { installPlugins } from "../plugins";
import { createRepository, type Repository } from "../sandbox/fixture";
import { paths, quay } from "../sandbox/settings";
import { type Finished, type RunOptions, run } from "./run";

/** An image as a stack's configuration has it. */
export interface ImageSettings {
    readonly name: string;
    readonly dockerfilePath?: string;
    readonly buildArgs?: Record<string, string>;
    readonly tags?: readonly string[];
    readonly architectures?: readonly string[];
    readonly application?: object;
    readonly digest?: string;
    readonly destination?: string;
}

/** What the program exports about an image. */
export interface ImageOutputs {
    readonly reference: string;
    readonly digest: string;
    readonly commit: string;
    readonly platforms: Readonly<Record<string, string>>;
    readonly tags: readonly string[];
    readonly service?: string;
    readonly builds: Readonly<
        Record<string, { readonly build: string; readonly adopted: boolean }>
    >;
}

/** The fixture's service, as fast to roll out as Kubernetes lets it be. */
export const application = {
    replicas: 2,
    configFile: { path: "/etc/context-api/config.yaml", content: "server:\n  port: 8091\n" },
    probe: { readiness: { initialDelaySeconds: 0, periodSeconds: 1 } },
};

/** A stack of the program with everything of its own: namespace, Git repository, destinations, backend. */
export class TestStack {
    private constructor(
        readonly namespace: string,
        readonly repository: Repository,
        readonly folder: string,
        private settings: Record<string, unknown>,
    ) {}

    /** Makes the stack; nothing is in the cluster yet. `overrides` are keys of the stack's configuration. */
    static async create(
        name: string,
        images: readonly ImageSettings[],
        overrides: Record<string, unknown> = {},
    ): Promise<TestStack> {
        const id = `${name}-${randomBytes(3).toString("hex")}`;
        const repository = await createRepository(id);
        const folder = mkdtempSync(join(tmpdir(), `multiarch-${id}-`));
        const stack = new TestStack(id, repository, folder, {
            namespace: { name: id },
            git: { url: repository.url },
            registry: { username: quay.user },
            images: images.map((image) => ({
                dockerfilePath: "docker/context-api.Dockerfile",
                destination: `${quay.host}/${id}/${image.name}`,
                ...image,
            })),
            ...overrides,
        });
        installPlugins(join(folder, "home"));
        writeFileSync(
            join(folder, "Pulumi.yaml"),
            readFileSync(join(paths.repository, "Pulumi.yaml")),
        );
        stack.configure({});
        await stack.pulumi(["stack", "init", "test"], { cwd: folder });
        await stack.setPassword(quay.password);
        return stack;
    }

    /** Changes top-level keys of the configuration; undefined removes one, the password too. */
    configure(changes: Record<string, unknown>): void {
        this.settings = { ...this.settings, ...changes };
        const known = this.readConfig();
        const config: Record<string, unknown> = {};
        for (const [key, value] of Object.entries(this.settings)) {
            if (value !== undefined) {
                config[`multiarch:${key}`] = value;
            }
        }
        const secret = known.config?.["multiarch:registryPassword"];
        if (secret !== undefined && !("registryPassword" in this.settings)) {
            config["multiarch:registryPassword"] = secret;
        }
        writeFileSync(this.configFile, stringify({ ...known, config }));
    }

    /** Replaces one image's settings. */
    configureImage(name: string, changes: Partial<ImageSettings>): void {
        const images = this.settings["images"] as ImageSettings[];
        this.configure({
            images: images.map((image) => (image.name === name ? { ...image, ...changes } : image)),
        });
    }

    async setPassword(password: string): Promise<void> {
        const key = ["config", "set", "--secret", "multiarch:registryPassword", "--stack", "test"];
        const { code, text } = await this.run(["pulumi", ...key, "--non-interactive"], {
            input: password,
            cwd: this.folder,
        });
        if (code !== 0) {
            throw new Error(text);
        }
        // From now on the file's, encrypted.
        delete this.settings["registryPassword"];
    }

    async up(...args: string[]): Promise<Finished> {
        return this.onStack("up", "--yes", "--skip-preview", ...args);
    }

    async preview(...args: string[]): Promise<Finished> {
        return this.onStack("preview", ...args);
    }

    async destroy(): Promise<Finished> {
        return this.onStack("destroy", "--yes", "--skip-preview");
    }

    async outputs(): Promise<Record<string, ImageOutputs>> {
        const { text } = await this.pulumi(["stack", "output", "--json", "--show-secrets"]);
        return (JSON.parse(text) as { images: Record<string, ImageOutputs> }).images;
    }

    /** The state, as `pulumi stack export` shows it. */
    async state(): Promise<string> {
        return (await this.pulumi(["stack", "export"])).text;
    }

    /** Commits files on main and returns the commit. */
    async commit(files: Record<string, string>): Promise<string> {
        const clone = mkdtempSync(join(this.folder, "clone-"));
        const git = async (...args: string[]) => {
            const author = ["-c", "user.name=Test", "-c", "user.email=test@sandbox.test"];
            return (await run(["git", ...author, "-C", clone, ...args])).text.trim();
        };
        await git("clone", "-q", this.repository.path, ".");
        for (const [path, content] of Object.entries(files)) {
            mkdirSync(dirname(join(clone, path)), { recursive: true });
            writeFileSync(join(clone, path), content);
        }
        await git("add", "-A");
        await git("commit", "-q", "-m", "Change by a test");
        await git("push", "-q", "origin", "HEAD:main");
        return git("rev-parse", "HEAD");
    }

    /** Runs oc in the stack's namespace. */
    async oc(...args: string[]): Promise<string> {
        const { code, text } = await this.run(["oc", "-n", this.namespace, ...args]);
        if (code !== 0) {
            throw new Error(`oc ${args.join(" ")}: ${text}`);
        }
        return text;
    }

    /** Names of the namespace's builds. */
    async builds(): Promise<string[]> {
        const names = await this.oc("get", "builds", "-o", "name");
        return names.split("\n").filter(Boolean).sort();
    }

    /** What each pod of a service answers, by the node that it is on. */
    async answers(service: string, port: number, path: string): Promise<Record<string, string>> {
        const line = '{range .items[*]}{.spec.nodeName} {.status.podIP}{"\\n"}{end}';
        const selector = ["-l", `app=${service},!job-name,!openshift.io/build.name`];
        const running = ["--field-selector", "status.phase=Running"];
        const pods = await this.oc(
            "get",
            "pods",
            ...selector,
            ...running,
            "-o",
            `jsonpath=${line}`,
        );
        const entries = pods
            .split("\n")
            .filter(Boolean)
            .map(async (pod) => {
                const [node = "", ip = ""] = pod.split(" ");
                const url = `http://${ip}:${port}${path}`;
                const { text } = await this.run(["curl", "-sS", "--max-time", "5", url]);
                return [node, text.trim()] as const;
            });
        return Object.fromEntries(await Promise.all(entries));
    }

    /** Removes what the stack has in the cluster. */
    async remove(): Promise<void> {
        await this.run([
            "oc",
            "delete",
            "namespace",
            this.namespace,
            "--ignore-not-found",
            "--wait=false",
        ]);
    }

    async run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
        return run(argv, { ...options, backend: this.folder });
    }

    get configFile(): string {
        return join(this.folder, "Pulumi.test.yaml");
    }

    private async onStack(verb: string, ...args: string[]): Promise<Finished> {
        const file = ["--stack", "test", "--config-file", this.configFile];
        return this.run([
            "pulumi",
            verb,
            "--non-interactive",
            "--color",
            "never",
            ...file,
            ...args,
        ]);
    }

    private async pulumi(args: string[], options: { cwd?: string } = {}): Promise<Finished> {
        const finished = await this.run(["pulumi", ...args], { cwd: this.folder, ...options });
        if (finished.code !== 0) {
            throw new Error(`pulumi ${args.join(" ")}: ${finished.text}`);
        }
        return finished;
    }

    private readConfig(): { config?: Record<string, unknown>; encryptionsalt?: string } {
        try {
            return parse(readFileSync(this.configFile, "utf8")) as {
                config?: Record<string, unknown>;
            };
        } catch {
            return {};
        }
    }
}
