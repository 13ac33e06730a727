import { spawn } from "node:child_process";
import { once } from "node:events";

import { type Marked, orphansAmong, RUN_VARIABLE } from "../../../cli/stack/orphans";
import { processesWith } from "../../../cli/stack/processes";

const process_ = (pid: number, value: string, ...command: string[]): Marked => ({
    pid,
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
        expect(found).toEqual([{ pid: child.pid, command: ["cat"], value: "one" }]);
        expect(processesWith(RUN_VARIABLE).filter(({ pid }) => pid === child.pid)).toEqual([]);
    });
});
