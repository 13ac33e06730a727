import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import {
    script,
    folder,
    file,
    serve,
    start,
    client,
    held,
    freePort,
    programOfItsOwn,
    pathWith,
} from "./commands";

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
        programOfItsOwn();
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
        programOfItsOwn();
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
        programOfItsOwn();
        const { ended } = start("bash", [script, "build"], {
            cwd: folder,
            env: { PATH: process.env["PATH"] },
        });

        expect((await ended).stdout).toBe('["build",null]\n');
    });

    it("runs the program by itself where there is no bash, though it is served", async () => {
        programOfItsOwn();
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
