import { BUSY, type Look, busyShare, changingPods, untilQuiet } from "../../bench/quiet";

/** A cluster whose looks are listed: the share that is busy, and then the pods if it is quiet. */
function cluster(looks: readonly { readonly busy: number; readonly pods?: string[] }[]) {
    let at = -1;
    const said: string[] = [];
    const asked: number[] = [];
    const current = () => looks[Math.min(at, looks.length - 1)];
    const look: Look = {
        busy: () => {
            at += 1;
            return Promise.resolve(current()?.busy ?? 0);
        },
        changing: () => {
            asked.push(at);
            return Promise.resolve(current()?.pods ?? []);
        },
        now: () => at,
    };
    const wait = () => untilQuiet(look, (text) => said.push(text));
    return { wait, said, asked, looks: () => at + 1 };
}

describe("untilQuiet", () => {
    it("ends with the first look where the machine is quiet", async () => {
        const { wait, said, looks } = cluster([{ busy: BUSY }]);
        await wait();
        expect(looks()).toBe(1);
        expect(said).toEqual([]);
    });

    it("waits while CPUs are busy, without asking for pods, and while pods come or go", async () => {
        const { wait, said, asked, looks } = cluster([
            { busy: 0.9 },
            { busy: 0.31 },
            { busy: 0.1, pods: ["context-api-1"] },
            { busy: 0.1 },
        ]);
        await wait();
        expect(looks()).toBe(4);
        expect(asked).toEqual([2, 3]);
        expect(said).toEqual([]);
    });

    it("gives up after 60 s and says that CPUs are busy", async () => {
        const { wait, said, looks } = cluster([{ busy: 0.756 }]);
        await wait();
        expect(looks()).toBe(60);
        expect(said).toEqual(["not quiet within 60 s, measured all the same: CPUs are 76 % busy"]);
    });

    it("gives up after 60 s and names the pods that come or go", async () => {
        const { wait, said } = cluster([{ busy: 0.1, pods: ["one", "two"] }]);
        await wait();
        expect(said).toEqual([
            "not quiet within 60 s, measured all the same: pods come or go: one, two",
        ]);
    });
});

describe("busyShare", () => {
    it("is what was not idle between two looks", () => {
        expect(busyShare({ idle: 100, all: 200 }, { idle: 130, all: 240 })).toBe(0.25);
    });

    it("is nothing where no time has passed", () => {
        expect(busyShare({ idle: 100, all: 200 }, { idle: 100, all: 200 })).toBe(0);
    });
});

describe("changingPods", () => {
    it("names pods that end and pods that wait, and no other", () => {
        const pod = (name: string, phase: string, deletionTimestamp?: string) => ({
            metadata: { name, deletionTimestamp },
            status: { phase },
        });
        const items = [
            pod("runs", "Running"),
            pod("done", "Succeeded"),
            pod("broken", "Failed"),
            pod("waits", "Pending"),
            pod("ends", "Running", "2026-11-25T10:00:00Z"),
        ];
        expect(changingPods(JSON.stringify({ items }))).toEqual(["waits", "ends"]);
    });
});
