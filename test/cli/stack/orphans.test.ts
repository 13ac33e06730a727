import { spawn } from "node:child_process";
import { once } from "node:events";

import { type Marked, orphansAmong, RUN_VARIABLE } from "../../../cli/stack/orphans";
import { processesWith, readProcess, secondsIn } from "../../../cli/stack/processes";

const process_ = (pid: number, value: string, ...command: string[]): Marked => ({
    pid,
    started: 0,
    command,
    value,
});
const pulumi = process_(1, "live", "/opt/pulumi", "up");
const plugin = (pid: number, run: string) =>
    process_(pid, run, "/plugins/pulumi-resource-kubernetes", "127.0.0.1:1");
const runner = (pid: number, run: string) => process_(pid, run, "node", "bin/command.js", "build");
const program = (pid: number, run: string) =>
    process_(pid, run, "/usr/bin/node", "/app/node_modules/@pulumi/pulumi/cmd/run/index.js");

describe("orphansAmong", () => {
    it("finds the helpers of a run whose pulumi is gone", () => {
        const left = [plugin(2, "dead"), runner(3, "dead"), program(4, "dead")];
        expect(orphansAmong([pulumi, ...left]).map(({ pid }) => pid)).toEqual([2, 3, 4]);
    });

    it("spares the helpers of a run that goes on, and of a dead run what is no helper", () => {
        const others = [
            plugin(2, "live"),
            runner(3, "live"),
            process_(4, "dead", "git", "credential-cache--daemon"),
            process_(5, "dead", "vi", "bin/command.js.map"),
        ];
        expect(orphansAmong([pulumi, ...others])).toEqual([]);
    });
});

describe("the processes of this machine", () => {
    it("are found by a variable of their environment", async () => {
        const child = spawn("cat", {
            env: { ...process.env, [RUN_VARIABLE]: "one" },
            stdio: ["pipe", "pipe", "ignore"],
        });
        child.stdin.write("x");
        await once(child.stdout, "data");
        const found = processesWith(RUN_VARIABLE).filter(({ pid }) => pid === child.pid);
        child.stdin.end();
        await once(child, "close");
        expect(found).toEqual([{ pid: child.pid, started: 0, command: ["cat"], value: "one" }]);
        expect(processesWith(RUN_VARIABLE).filter(({ pid }) => pid === child.pid)).toEqual([]);
    });

    it("tell when they were started, and a process that there is not is undefined", () => {
        const own = readProcess(process.pid);
        expect(own?.pid).toBe(process.pid);
        expect(Math.abs((own?.started ?? 0) - (Date.now() - process.uptime() * 1000))).toBeLessThan(
            3_000,
        );
        expect(readProcess(2 ** 22 - 1)).toBeUndefined();
    });

    it.each([
        ["00:07", 7],
        ["01:02:03", 3_723],
        ["2-01:00:00", 176_400],
    ])("ps calls %s %d seconds", (elapsed, seconds) => {
        expect(secondsIn(elapsed)).toBe(seconds);
    });
});
