import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    realpathSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { Server, connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { type CommandServerOptions, serveCommands } from "../../../build/commandServer";
import { describe as describeError } from "../../../build/program";
import { Clusters, type Program, type Request } from "../../../build/programs";

// Jest cannot load it (an ES module), and no cluster is asked.
jest.mock("@kubernetes/client-node/dist/config.js", () => ({}));
jest.setTimeout(60_000);

const root = join(__dirname, "../../..");
const script = join(root, "build/command.sh");

let folder: string;
let file: string;
const children = new Set<ChildProcess>();
const atExit = new Set<unknown>(process.listeners("exit"));

beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "multiarch-commands-")));
    file = join(folder, "run/0123");
});
afterEach(() => {
    children.forEach((child) => child.kill("SIGKILL"));
    children.clear();
    // One for each server, as if its process had ended.
    for (const listener of process.listeners("exit").filter((one) => !atExit.has(one))) {
        process.off("exit", listener);
    }
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
});

/** Serves from this process. */
function serve(
    programs: CommandServerOptions["programs"],
    maxConcurrentBuilds?: number,
): Promise<void> {
    return serveCommands({ file, programs, maxConcurrentBuilds });
}

function start(command: string, words: readonly string[], options: object) {
    const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
    children.add(child);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (text: string) => {
            output[name] += text;
        });
    }
    const ended = once(child, "close").then(([status, signal]) => ({
        status: (status ?? signal) as number | string,
        ...output,
    }));
    return {
        child,
        ended,
        /** Resolves when it has written this; rejects when it ends without. */
        wrote: async (name: "stdout" | "stderr", text: string) => {
            while (!output[name].includes(text)) {
                await Promise.race([
                    once(child[name], "data"),
                    ended.then((outcome) => {
                        throw new Error(`ended without ${text}: ${JSON.stringify(outcome)}`);
                    }),
                ]);
            }
        },
    };
}

/** Runs build/command.sh as a Command does, with these variables. */
function client(
    program: string,
    variables: Readonly<Record<string, string>> = {},
    { shell = "bash", path = process.env["PATH"] ?? "" } = {},
) {
    return start(shell, [script, program], {
        cwd: folder,
        env: { PATH: path, MULTIARCH_RUN_FILE: file, ...variables },
    });
}

/** Runs JavaScript in a process of Node that serves from `file`, with `serveCommands` and `file` in reach. */
function serverProcess(code: string) {
    const prelude =
        'const { serveCommands } = require("./build/commandServer.ts"); const [, file] = process.argv;';
    return start(process.execPath, ["--require", "tsx/cjs", "-e", `${prelude} ${code}`, file], {
        cwd: root,
    });
}

interface Run {
    readonly request: Request;
    readonly report: (line: string) => void;
    readonly signal: AbortSignal;
    readonly end: (result: unknown) => void;
}

/** A program that ends when it is told to; its runs, in the order in which they start. */
function held() {
    const runs: Run[] = [];
    const waiting: (() => void)[] = [];
    const program: Program = (request, report, signal) =>
        new Promise((resolve) => {
            runs.push({ request, report, signal, end: resolve });
            waiting.splice(0).forEach((wake) => {
                wake();
            });
        });
    const run = async (index: number): Promise<Run> => {
        for (;;) {
            const found = runs[index];
            if (found !== undefined) {
                return found;
            }
            await new Promise<void>((resolve) => {
                waiting.push(resolve);
            });
        }
    };
    return { program, run, runs };
}

/** All that a server answers to these bytes; `end` sends no more after them. */
async function answerTo(bytes: string | Buffer): Promise<string> {
    const socket = connect(portAndSecret().port, "127.0.0.1");
    socket.on("error", () => undefined);
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
        answer += text;
    });
    socket.write(bytes);
    await once(socket, "close");
    return answer;
}

function portAndSecret() {
    const [port = "", secret = ""] = readFileSync(file, "utf8").trim().split(" ");
    return { port: Number(port), secret };
}

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}

/** Programs in bin/ as launch.cjs puts them there, which say that they were run. */
function programsOfTheirOwn(): void {
    mkdirSync(join(folder, "bin"));
    for (const name of ["build", "publish"]) {
        const text = `console.error("alone"); console.log(JSON.stringify([${JSON.stringify(name)}, process.env.MULTIARCH_IMAGE])); process.exitCode = 3;`;
        writeFileSync(join(folder, "bin", `${name}.js`), text);
    }
}

/** A folder to be the only one in PATH, with these programs. */
function pathWith(...names: readonly string[]): string {
    const path = mkdtempSync(join(folder, "path-"));
    for (const name of names) {
        const found = (process.env["PATH"] ?? "")
            .split(delimiter)
            .map((directory) => join(directory, name))
            .find((candidate) => existsSync(candidate));
        symlinkSync(realpathSync(found ?? `no ${name} in PATH`), join(path, name));
    }
    return path;
}

describe("a Command that is served", () => {
    it.each(["bash", "sh"])(
        "shows progress on stderr, the result as one line of JSON on stdout, and ends with 0 (%s)",
        async (shell) => {
            const requests: Request[] = [];
            await serve({
                build: (request, report) => {
                    requests.push(request);
                    report("started");
                    report("two\nlines");
                    report("");
                    report("exit 7");
                    return Promise.resolve({ digest: "sha256:1", text: "a\nb" });
                },
            });

            expect(await client("build", { MULTIARCH_IMAGE: "api" }, { shell }).ended).toEqual({
                status: 0,
                stdout: '{"digest":"sha256:1","text":"a\\nb"}\n',
                stderr: "started\ntwo\nlines\n\nexit 7\n",
            });
            expect(requests).toEqual([
                {
                    directory: folder,
                    environment: { MULTIARCH_IMAGE: "api", MULTIARCH_RUN_FILE: file },
                },
            ]);
        },
    );

    it("ends with 1 after a failure, and its error on stderr as a program of its own shows it", async () => {
        const error = new Error("The build failed.\n\u001b[31mred\u001b[0m\nNext: look.");
        await serve({ build: () => Promise.reject(error) });

        expect(await client("build").ended).toEqual({
            status: 1,
            stdout: "",
            stderr: `${describeError(error)}\n`,
        });
    });

    it("ends with 1 when its program throws, or does not exist", async () => {
        await serve({
            build: () => {
                throw new Error("MULTIARCH_IMAGE is not set");
            },
        });

        expect(await client("build").ended).toEqual({
            status: 1,
            stdout: "",
            stderr: "MULTIARCH_IMAGE is not set\n",
        });
        for (const name of ["publish", "constructor"]) {
            expect(await client(name).ended).toEqual({
                status: 1,
                stdout: "",
                stderr: `There is no program "${name}".\n`,
            });
        }
    });

    it("passes values on as they are, and nothing but its own variables", async () => {
        const values = {
            MULTIARCH_A: "line\n\nline\n",
            MULTIARCH_B: "a=b=c",
            MULTIARCH_C: `"double" 'single' \`back\` \\n $HOME $(id) %s *`,
            MULTIARCH_D: "",
            MULTIARCH_E: "  ü 漢 🙂\t",
            MULTIARCH_F: '{"amd64":"sha256:1"}',
        };
        const requests: Request[] = [];
        await serve({
            publish: (request) => {
                requests.push(request);
                return Promise.resolve({});
            },
        });
        await client("publish", { ...values, OTHER: "x", PULUMI_ACCESS_TOKEN: "y" }).ended;

        expect(requests.map(({ environment }) => environment)).toEqual([
            { ...values, MULTIARCH_RUN_FILE: file },
        ]);
    });

    it("starts no other process, and has neither a value nor the secret in its command line", async () => {
        const { program, run } = held();
        await serve({ build: program });
        const bash = join(pathWith("bash"), "bash");
        // Nothing can be started by a name.
        const { ended } = client(
            "build",
            { MULTIARCH_IMAGE: "some-value" },
            { shell: bash, path: "" },
        );
        const { end } = await run(0);
        const lines = execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" });
        end({});

        expect(await ended).toEqual({ status: 0, stdout: "{}\n", stderr: "" });
        expect(lines.split("\n").filter((line) => line.includes(folder))).toEqual([
            `${bash} ${script} build`,
        ]);
        expect(lines).not.toContain("some-value");
        expect(lines).not.toContain(portAndSecret().secret);
    });

    it("shows progress while its program runs", async () => {
        const { program, run } = held();
        await serve({ build: program });
        const { wrote, ended } = client("build");
        const { report, end } = await run(0);
        report("api amd64: pod runs");

        await wrote("stderr", "api amd64: pod runs\n");
        end({});
        expect((await ended).status).toBe(0);
    });

    it("interrupts its program when it is killed", async () => {
        const { program, run } = held();
        await serve({ build: program });
        const { child, ended } = client("build");
        const { signal } = await run(0);
        expect(signal.aborted).toBe(false);
        const aborted = once(signal, "abort");

        child.kill("SIGKILL");
        await aborted;
        expect(signal.reason).toEqual(new Error("interrupted"));
        expect((await ended).status).toBe("SIGKILL");
    });

    it.each(["SIGINT", "SIGTERM"] as const)(
        "ends with 130 on %s, as a program of its own does, and interrupts its program",
        async (name) => {
            const { program, run } = held();
            await serve({ build: program });
            const { child, ended } = client("build");
            const { signal } = await run(0);
            const aborted = once(signal, "abort");

            child.kill(name);
            expect(await ended).toEqual({ status: 130, stdout: "", stderr: "interrupted\n" });
            await aborted;
        },
    );

    it("goes on in a process of its own when the one that serves it dies", async () => {
        const server = serverProcess(
            'setInterval(() => {}, 60_000); void serveCommands({ file, programs: { build: (_, report) => { report("runs"); return new Promise(() => {}); } } }).then(() => console.log("serves"));',
        );
        await server.wrote("stdout", "serves");
        programsOfTheirOwn();
        const { ended, wrote } = client("build", { MULTIARCH_IMAGE: "api" });
        await wrote("stderr", "runs\n");

        server.child.kill("SIGKILL");
        expect(await ended).toEqual({
            status: 3,
            stdout: '["build","api"]\n',
            stderr: "runs\nthe Pulumi program has ended; this goes on by itself\nalone\n",
        });
    });

    it("shares one set of connections with all others of the update", async () => {
        const given = new Set<Clusters>();
        const program: Program = (_, __, ___, clusters) => {
            given.add(clusters);
            return Promise.resolve({});
        };
        await serve({ build: program, publish: program });
        await Promise.all([client("build").ended, client("build").ended, client("publish").ended]);

        expect(given.size).toBe(1);
        expect([...given][0]).toBeInstanceOf(Clusters);
    });
});

describe("a Command that nobody serves", () => {
    const cases: [string, () => void | Promise<void>][] = [
        ["there is no run file", () => undefined],
        [
            "the run file is one of a process that has ended",
            async () => {
                mkdirSync(join(folder, "run"));
                writeFileSync(file, `${await freePort()} secret\n`);
            },
        ],
        [
            "the run file is empty",
            () => {
                mkdirSync(join(folder, "run"));
                writeFileSync(file, "");
            },
        ],
        [
            "the run file is a folder",
            () => {
                mkdirSync(file, { recursive: true });
            },
        ],
    ];

    it.each(
        cases.flatMap(([name, prepare]) =>
            ["bash", "sh"].map((shell) => [name, shell, prepare] as const),
        ),
    )("runs the program by itself when %s (%s)", async (_, shell, prepare) => {
        programsOfTheirOwn();
        await prepare();

        for (const program of ["build", "publish"]) {
            expect(await client(program, { MULTIARCH_IMAGE: "api" }, { shell }).ended).toEqual({
                status: 3,
                stdout: `["${program}","api"]\n`,
                stderr: "alone\n",
            });
        }
    });

    it("runs the program by itself where sh is bash, which is stricter then", async () => {
        programsOfTheirOwn();
        mkdirSync(join(folder, "run"));
        writeFileSync(file, `${await freePort()} secret\n`);
        const path = pathWith("bash", "node");
        symlinkSync(join(path, "bash"), join(path, "sh"));

        expect(await client("build", {}, { shell: join(path, "sh"), path }).ended).toEqual({
            status: 3,
            stdout: '["build",null]\n',
            stderr: "alone\n",
        });
    });

    it("runs the program by itself when the stack names no run file", async () => {
        programsOfTheirOwn();
        const { ended } = start("bash", [script, "build"], {
            cwd: folder,
            env: { PATH: process.env["PATH"] },
        });

        expect((await ended).stdout).toBe('["build",null]\n');
    });

    it("runs the program by itself where there is no bash, though it is served", async () => {
        programsOfTheirOwn();
        const { program, runs } = held();
        await serve({ build: program });
        const shell = execFileSync("sh", ["-c", "command -v dash || command -v sh"], {
            encoding: "utf8",
        }).trim();

        expect((await client("build", {}, { shell, path: pathWith("node") }).ended).stdout).toBe(
            '["build",null]\n',
        );
        expect(runs).toEqual([]);
    });
});

describe("the server", () => {
    it("writes its port and secret to a file for its owner alone, in a folder for its owner alone", async () => {
        await serve({});

        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(statSync(join(folder, "run")).mode & 0o777).toBe(0o700);
        expect(readFileSync(file, "utf8")).toMatch(/^\d+ [0-9a-f]{64}\n$/);
        expect(readdirSync(join(folder, "run"))).toEqual(["0123"]);
    });

    it("takes the place of a file that was left behind, whatever its mode", async () => {
        mkdirSync(join(folder, "run"));
        writeFileSync(file, "1 old\n");
        chmodSync(file, 0o644);
        await serve({ build: () => Promise.resolve("new") });

        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect((await client("build").ended).stdout).toBe('"new"\n');
    });

    it("has another secret each time", async () => {
        await serve({});
        const { secret } = portAndSecret();
        await serve({});

        expect(portAndSecret().secret).not.toBe(secret);
    });

    it("listens on the loopback address only", async () => {
        const listen = jest.spyOn(Server.prototype, "listen");
        await serve({});

        expect(listen).toHaveBeenCalledTimes(1);
        expect(listen).toHaveBeenCalledWith(0, "127.0.0.1", expect.any(Function));
    });

    it("rejects when the file cannot be written", async () => {
        writeFileSync(join(folder, "run"), "");

        await expect(serve({})).rejects.toThrow(/EEXIST|ENOTDIR/);
    });

    it.each([
        ["another secret", () => "f".repeat(64)],
        ["a part of it", (secret: string) => secret.slice(0, 63)],
        ["as many characters, but more bytes", () => "é".repeat(64)],
        ["none", () => ""],
    ])("refuses who has %s", async (_, guess) => {
        const { program, runs } = held();
        await serve({ build: program });
        const given = guess(portAndSecret().secret);

        expect(await answerTo(`${given}\0build\0${folder}\0\0`)).toBe(
            "err The request was not made by a Command of this update.\nexit 1\n",
        );
        expect(runs).toEqual([]);
    });

    it("reads a request that comes in pieces", async () => {
        await serve({ build: ({ environment }) => Promise.resolve(environment) });
        const { port, secret } = portAndSecret();
        const socket = connect(port, "127.0.0.1").setNoDelay(true);
        let answer = "";
        socket.setEncoding("utf8").on("data", (text: string) => {
            answer += text;
        });
        for (const byte of Buffer.from(`${secret}\0build\0/\0MULTIARCH_A=é\0\0`)) {
            await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
        }
        await once(socket, "close");

        expect(answer).toBe('out {"MULTIARCH_A":"é"}\nexit 0\n');
    });

    it("refuses a request that is too long, and says so", async () => {
        const { program, runs } = held();
        await serve({ build: program });
        const many = Array.from({ length: 10 }, (_, index) => [
            `MULTIARCH_${index}`,
            "x".repeat(101_000),
        ]);

        expect(
            await client("build", Object.fromEntries(many) as Record<string, string>).ended,
        ).toEqual({
            status: 1,
            stdout: "",
            stderr: "The request is longer than 1000000 bytes.\n",
        });
        expect(runs).toEqual([]);
    });

    it("takes a request that is almost too long", async () => {
        await serve({
            build: ({ environment }) => Promise.resolve(environment["MULTIARCH_9"]?.length),
        });
        const many = Array.from({ length: 10 }, (_, index) => [
            `MULTIARCH_${index}`,
            "x".repeat(99_000),
        ]);

        expect(
            await client("build", Object.fromEntries(many) as Record<string, string>).ended,
        ).toEqual({
            status: 0,
            stdout: "99000\n",
            stderr: "",
        });
    });

    it("does not wait for ever for a request", async () => {
        jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
        try {
            await serve({});
            const answer = answerTo("half a requ");
            while (jest.getTimerCount() === 0) {
                await new Promise((resolve) => setImmediate(resolve));
            }
            jest.advanceTimersByTime(10_000);

            expect(await answer).toBe("err The request did not arrive within 10 s.\nexit 1\n");
            expect(jest.getTimerCount()).toBe(0);
        } finally {
            jest.useRealTimers();
        }
    });

    it("goes on after a client that ended in the middle of its request", async () => {
        await serve({ build: () => Promise.resolve("done") });
        const { port, secret } = portAndSecret();
        const socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        socket.write(`${secret}\0build`);
        socket.resetAndDestroy();
        await once(socket, "close");

        expect((await client("build").ended).stdout).toBe('"done"\n');
    });

    it("keeps no process alive by itself, and removes its file when the process ends", async () => {
        const { ended } = serverProcess(
            'void serveCommands({ file, programs: {} }).then(() => console.log(require("node:fs").existsSync(file)));',
        );

        expect(await ended).toEqual({ status: 0, stdout: "true\n", stderr: "" });
        expect(existsSync(file)).toBe(false);
    });

    it("leaves the file of the next process alone", async () => {
        const { ended } = serverProcess(
            'void serveCommands({ file, programs: {} }).then(() => require("node:fs").writeFileSync(file, "1 next\\n"));',
        );

        expect(await ended).toEqual({ status: 0, stdout: "", stderr: "" });
        expect(readFileSync(file, "utf8")).toBe("1 next\n");
    });
});

describe("the limit of builds", () => {
    const turn = (limit: number) =>
        `waits for its turn: no more builds at a time than multiarch:build.maxConcurrent, ${limit}\n`;

    it("has the others wait, in order, and those leave that are killed; publishing does not wait", async () => {
        const { program, run, runs } = held();
        await serve({ build: program, publish: () => Promise.resolve("published") }, 2);
        const started = async (image: string) => {
            const it = client("build", { MULTIARCH_IMAGE: image });
            await (image < "c" ? run(image === "a" ? 0 : 1) : it.wrote("stderr", turn(2)));
            return it;
        };
        const a = await started("a");
        const b = await started("b");
        const c = await started("c");
        const d = await started("d");
        const e = await started("e");
        const publish = { status: 0, stdout: '"published"\n', stderr: "" };
        expect(await client("publish").ended).toEqual(publish);

        c.child.kill("SIGKILL");
        await c.ended;
        // Answered after the server has seen the other one go.
        expect(await client("publish").ended).toEqual(publish);
        expect(runs).toHaveLength(2);

        runs[1]?.end("b");
        expect(await b.ended).toEqual({ status: 0, stdout: '"b"\n', stderr: "" });
        (await run(2)).end("d");
        expect(await d.ended).toEqual({ status: 0, stdout: '"d"\n', stderr: turn(2) });
        (await run(3)).end("e");
        expect(await e.ended).toEqual({ status: 0, stdout: '"e"\n', stderr: turn(2) });
        runs[0]?.end("a");
        expect((await a.ended).stdout).toBe('"a"\n');
        expect(runs.map(({ request }) => request.environment["MULTIARCH_IMAGE"])).toEqual([
            "a",
            "b",
            "d",
            "e",
        ]);
    });

    it("gives a killed build's turn to the next once its program has ended", async () => {
        const { program, run } = held();
        await serve({ build: program }, 1);
        const first = client("build");
        const { signal, end } = await run(0);
        const second = client("build");
        await second.wrote("stderr", turn(1));
        const aborted = once(signal, "abort");
        first.child.kill("SIGKILL");
        await aborted;
        end({});

        (await run(1)).end("second");
        expect((await second.ended).stdout).toBe('"second"\n');
    });

    it("is none unless it is set", async () => {
        const { program, run, runs } = held();
        await serve({ build: program });
        const clients = Array.from({ length: 5 }, () => client("build"));
        await run(4);
        runs.forEach(({ end }) => {
            end({});
        });

        for (const { ended } of clients) {
            expect(await ended).toEqual({ status: 0, stdout: "{}\n", stderr: "" });
        }
    });
});
