import { age, identify, isAlive, parseStatus } from "../../../sandbox/identity";

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
