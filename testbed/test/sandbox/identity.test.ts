import { spawn } from "node:child_process";

import {
    age,
    identify,
    identifyChild,
    isAlive,
    parseStatus,
    readStatus,
} from "../../sandbox/identity";

const stat = (name: string, state = "S") =>
    `4711 (${name}) ${state} 42 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 50`;

describe("parseStatus", () => {
    it("reads state, parent and start time", () => {
        expect(parseStatus(stat("etcd"))).toEqual({ state: "S", parent: 42, started: "987654" });
    });

    it("is not misled by a program's name with spaces and brackets", () => {
        expect(parseStatus(stat("a) Z 1 (b"))).toEqual({
            state: "S",
            parent: 42,
            started: "987654",
        });
    });

    it.each(["", "4711", "4711 (etcd) S 42"])("makes nothing of %j", (text) => {
        expect(parseStatus(text)).toBeUndefined();
    });
});

describe("a child that has ended, and that nobody has waited for", () => {
    it("is known as a child, and does not run", () => {
        const pid = spawn("true").pid ?? 0;
        // Node.js waits for its children between two turns of its loop: there is none here.
        const end = performance.now() + 4000;
        while (readStatus(pid)?.state !== "Z" && performance.now() < end);

        const child = identifyChild(pid);
        expect(child?.pid).toBe(pid);
        expect(identify(pid)).toBeUndefined();
        expect(child && isAlive(child)).toBe(false);
    });
});

describe("isAlive", () => {
    const self = identify(process.pid);

    it("recognises the process that runs this test", () => {
        expect(self?.pid).toBe(process.pid);
        expect(self && isAlive(self)).toBe(true);
        expect(self && age(self)).toBeGreaterThan(0);
    });

    it("tells a process from an earlier one with the same id", () => {
        expect(self && isAlive({ ...self, started: "1" })).toBe(false);
    });

    it("takes no process for one of the machine's earlier run", () => {
        expect(self && isAlive({ ...self, boot: "earlier" })).toBe(false);
    });

    it("knows that a process which never was does not run", () => {
        expect(isAlive({ pid: 2 ** 30, started: "1", boot: "now" })).toBe(false);
    });
});
