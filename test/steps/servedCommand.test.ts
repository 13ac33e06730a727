import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { describe as describeError } from "../../steps/shared/runProgram";
import { Clusters, type Program, type Request } from "../../steps/programs";
import {
    script,
    folder,
    file,
    serve,
    client,
    serverProcess,
    held,
    portAndSecret,
    programOfItsOwn,
    pathWith,
} from "./commands";

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
        programOfItsOwn();
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
