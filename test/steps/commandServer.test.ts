import { once } from "node:events";
import {
    chmodSync,
    existsSync,
    mkdirSync,
    readFileSync,
    readdirSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { Server, connect } from "node:net";
import { join } from "node:path";

import {
    folder,
    file,
    serve,
    client,
    serverProcess,
    held,
    answerTo,
    portAndSecret,
} from "./commands";

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
