import { statusTable } from "../../sandbox/status";

describe("statusTable", () => {
    it("lines up what is up and what is down", () => {
        const table = statusTable([
            { name: "etcd", up: true, pid: 4711, since: new Date("2026-01-02T03:04:05.678Z") },
            { name: "kube-apiserver", up: false },
            { name: "dns", up: false, pid: 7, since: new Date("2026-01-02T03:04:06Z") },
        ]);
        expect(table.split("\n")).toEqual([
            "COMPONENT       STATE  PID   SINCE (UTC)",
            "etcd            up     4711  2026-01-02 03:04:05",
            "kube-apiserver  down   -     -",
            "dns             down   7     2026-01-02 03:04:06",
            "",
        ]);
    });
});
