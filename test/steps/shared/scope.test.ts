import { Scope } from "../../../steps/shared/scope";
import { FakeClock } from "../../cluster/fakeClock";

describe("Scope", () => {
    it("has the first outcome, aborts the other tasks and waits for them", async () => {
        const clock = new FakeClock();
        const scope = new Scope<string>();
        let cleaned = false;
        scope.run(async (signal) => {
            try {
                await clock.sleep(1_000, signal);
            } finally {
                cleaned = true;
            }
        });
        scope.run(async () => {
            await Promise.resolve();
            scope.finish("first");
            scope.finish("second");
        });
        await expect(scope.outcome()).resolves.toBe("first");
        expect(cleaned).toBe(true);
        expect(clock.waiting).toBe(0);
    });

    it("fails with what a task throws", async () => {
        const scope = new Scope<string>();
        scope.run(() => Promise.reject(new Error("broken")));
        await expect(scope.outcome()).rejects.toThrow(new Error("broken"));
        expect(scope.signal.aborted).toBe(true);
    });

    it.each(["before", "after"])("fails when its parent is aborted %s it starts", async (when) => {
        const clock = new FakeClock();
        const parent = new AbortController();
        if (when === "before") {
            parent.abort(new Error("interrupted"));
        }
        const scope = new Scope<string>(parent.signal);
        scope.run((signal) => clock.sleep(1_000, signal));
        parent.abort(new Error("interrupted"));
        await expect(scope.outcome()).rejects.toThrow(new Error("interrupted"));
        expect(clock.waiting).toBe(0);
    });
});
