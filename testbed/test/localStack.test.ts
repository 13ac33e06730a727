import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { ensureStack, outputs, pulumi, pulumiEnvironment, quietly } from "../localStack";
import { installPlugins } from "../plugins";
import { type ExecOptions, execInSandbox, spawnInSandbox } from "../sandbox/exec";
import { paths, quay } from "../sandbox/settings";

// No sandbox is there: its commands are programs that the tests give, and its folders are temporary ones.
jest.mock("../sandbox/exec", () => ({ spawnInSandbox: jest.fn(), execInSandbox: jest.fn() }));
jest.mock("../plugins", () => ({ installPlugins: jest.fn() }));
jest.mock("../sandbox/settings", () => {
    const actual = jest.requireActual<{ paths: object }>("../sandbox/settings");
    const { mkdtempSync } = jest.requireActual<typeof fs>("node:fs");
    const { tmpdir } = jest.requireActual<typeof os>("node:os");
    const state = mkdtempSync(`${tmpdir()}/multiarch-local-`);
    return { ...actual, paths: { ...actual.paths, state } };
});

const state = path.join(paths.state, "pulumi");
const configFile = path.join(state, "project/Pulumi.sandbox.yaml");
const settings = fs.readFileSync(
    path.join(paths.repository, "testbed/Pulumi.sandbox.yaml"),
    "utf8",
);

/** Each command that was started, with what it was told. */
let started: { argv: readonly string[]; input: string; options: ExecOptions | undefined }[];

/** Has each command be this script, which gets the command as its arguments. */
function commandsAre(script: string): void {
    jest.mocked(spawnInSandbox).mockImplementation((argv, options) => {
        const child = spawn("sh", ["-c", script, ...argv], { stdio: options?.stdio });
        const command = { argv, input: "", options };
        started.push(command);
        const end = child.stdin?.end.bind(child.stdin);
        jest.spyOn(child.stdin ?? process.stdin, "end").mockImplementation(((input: string) => {
            command.input = input;
            return end?.(input);
        }) as never);
        return child;
    });
}

beforeEach(() => {
    started = [];
    commandsAre("cat >/dev/null");
    fs.mkdirSync(path.dirname(configFile), { recursive: true });
});

afterEach(() => {
    fs.rmSync(state, { recursive: true });
});

afterAll(() => {
    fs.rmSync(paths.state, { recursive: true });
});

describe("pulumiEnvironment", () => {
    it("keeps all of a pulumi below one folder, and lets it fetch nothing", () => {
        expect(pulumiEnvironment("/somewhere")).toEqual({
            PULUMI_HOME: "/somewhere/home",
            PULUMI_BACKEND_URL: "file:///somewhere",
            PULUMI_CONFIG_PASSPHRASE: "sandbox",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
        });
    });
});

describe("pulumi", () => {
    it("runs in the repository, on the copy of the stack's configuration", async () => {
        jest.mocked(execInSandbox).mockResolvedValue(3);

        expect(await pulumi("up", "--yes")).toBe(3);
        const stack = ["--stack", "sandbox", "--config-file", configFile];
        expect(execInSandbox).toHaveBeenCalledWith(["pulumi", "up", "--yes", ...stack], {
            cwd: paths.repository,
            env: pulumiEnvironment(state),
        });
    });
});

describe("ensureStack", () => {
    it("copies the stack's files, and hands the password over where nobody can read it", async () => {
        await ensureStack();

        expect(fs.readFileSync(configFile, "utf8")).toBe(settings);
        expect(fs.readFileSync(path.join(state, "project/Pulumi.yaml"), "utf8")).toBe(
            fs.readFileSync(path.join(paths.repository, "Pulumi.yaml"), "utf8"),
        );
        expect(installPlugins).toHaveBeenCalledWith(path.join(state, "home"));
        expect(started.map(({ argv, input }) => [argv.slice(1, 4).join(" "), input])).toEqual([
            ["stack select --create", ""],
            ["config set --secret", quay.password],
        ]);
        expect(started.flatMap(({ argv }) => argv).join(" ")).not.toContain(quay.password);
        for (const { options, argv } of started) {
            expect(options?.cwd).toBe(path.join(state, "project"));
            expect(argv).toContain("--non-interactive");
        }
    });

    it("takes over new settings, and keeps the salt that Pulumi wrote", async () => {
        fs.writeFileSync(configFile, "config:\n  multiarch:old: x\nencryptionsalt: v1:abc=:def\n");
        await ensureStack();

        expect(fs.readFileSync(configFile, "utf8")).toBe(
            `${settings}encryptionsalt: v1:abc=:def\n`,
        );
    });

    it("stops when Pulumi does", async () => {
        commandsAre("cat >/dev/null; echo no backend >&2; exit 1");

        await expect(ensureStack()).rejects.toThrow(/^pulumi stack select failed/);
        expect(started).toHaveLength(1);
    });
});

describe("quietly", () => {
    it("returns what a command prints, and nothing that it complains of", async () => {
        commandsAre("cat; echo warning >&2");
        expect(await quietly(["cat"], "text\n")).toBe("text\n");
    });

    it("names the command that failed, without its other arguments, and all that it said", async () => {
        commandsAre("cat >/dev/null; echo out; echo err >&2; exit 3");
        await expect(quietly(["pulumi", "config", "set", "secret"])).rejects.toThrow(
            new Error("pulumi config set failed (exit code 3):\nout\n\nerr"),
        );
    });

    it("says that a command was killed", async () => {
        commandsAre("cat >/dev/null; kill -9 $$");
        await expect(quietly(["oc"])).rejects.toThrow(new Error("oc failed (exit code none):\n"));
    });

    it("says that a command is not there", async () => {
        jest.mocked(spawnInSandbox).mockImplementation(() =>
            spawn("/nowhere/at/all", { stdio: ["ignore", "pipe", "pipe"] }),
        );
        await expect(quietly(["oc"])).rejects.toThrow("ENOENT");
    });
});

describe("outputs", () => {
    it("are the stack's, as data", async () => {
        commandsAre(`cat >/dev/null; echo '{"images":{}}'`);

        expect(await outputs()).toEqual({ images: {} });
        expect(started.map(({ argv }) => argv)).toEqual([
            ["pulumi", "stack", "output", "--json", "--stack", "sandbox"],
        ]);
    });
});
