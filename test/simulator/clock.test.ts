import { VirtualClock } from "../../simulator/clock";

describe("virtual time", () => {
    it("moves to the next timer when nothing is left to do, in the order of the timers", async () => {
        const clock = new VirtualClock(0);
        const seen: string[] = [];
        const after = async (milliseconds: number, name: string) => {
            await clock.sleep(milliseconds);
            seen.push(`${name} at ${clock.now()}`);
        };
        await Promise.all([after(3_600_000, "an hour"), after(5, "first"), after(5, "second")]);
        expect(seen).toEqual(["first at 5", "second at 5", "an hour at 3600000"]);
    });

    it("stands still while work is counted", async () => {
        const clock = new VirtualClock(0);
        let done: () => void = () => undefined;
        const work = clock.work(
            new Promise<void>((resolve) => {
                done = resolve;
            }),
        );
        let over = false;
        const slept = clock.sleep(1).then(() => {
            over = true;
        });
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        expect(over).toBe(false);
        done();
        await Promise.all([work, slept]);
        expect(clock.now()).toBe(1);
    });

    it("ends a sleep with the reason of its signal", async () => {
        const clock = new VirtualClock(0);
        const abort = new AbortController();
        const slept = clock.sleep(1_000, abort.signal);
        abort.abort(new Error("enough"));
        await expect(slept).rejects.toThrow("enough");
        expect(clock.now()).toBe(0);
    });
});
