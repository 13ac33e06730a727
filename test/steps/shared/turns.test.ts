import { Turns } from "../../../steps/shared/turns";

const never = new AbortController().signal;
const silent = () => undefined;

/** Work that ends when it is told to, and notes in `log` when it starts and ends. */
function worker(turns: Turns, log: string[], name: string, signal = never) {
    let end: (error?: Error) => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
        end = (error) => {
            if (error === undefined) {
                resolve();
            } else {
                reject(error);
            }
        };
    });
    const said: string[] = [];
    const outcome = turns
        .take(
            async () => {
                log.push(`${name} starts`);
                await ended;
                log.push(`${name} ends`);
                return name;
            },
            (line) => said.push(line),
            signal,
        )
        .catch((error: unknown) => (error as Error).message);
    return { outcome, said, end };
}

describe("Turns", () => {
    it("lets as many work at a time as it may, and the others in the order in which they came", async () => {
        const turns = new Turns(2);
        const log: string[] = [];
        const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => worker(turns, log, name)) as [
            ReturnType<typeof worker>,
            ReturnType<typeof worker>,
            ReturnType<typeof worker>,
            ReturnType<typeof worker>,
        ];
        expect(log).toEqual(["a starts", "b starts"]);

        b.end();
        await b.outcome;
        expect(log).toEqual(["a starts", "b starts", "b ends", "c starts"]);

        c.end();
        await c.outcome;
        a.end();
        d.end();
        expect(await Promise.all([a, b, c, d].map(({ outcome }) => outcome))).toEqual([
            "a",
            "b",
            "c",
            "d",
        ]);
        expect(log.indexOf("d starts")).toBe(log.indexOf("c ends") + 1);
        expect(log).toHaveLength(8);
    });

    it("says why it waits to who waits, and nothing to the others", () => {
        const turns = new Turns(1);
        const [first, second] = [worker(turns, [], "first"), worker(turns, [], "second")];

        expect(first.said).toEqual([]);
        expect(second.said).toEqual([
            "waits for its turn: no more builds at a time than multiarch:build.maxConcurrent, 1",
        ]);
    });

    it("has no one wait without a limit", async () => {
        const turns = new Turns(Number.POSITIVE_INFINITY);
        const log: string[] = [];
        const workers = Array.from({ length: 50 }, (_, index) => worker(turns, log, `${index}`));

        expect(log).toHaveLength(50);
        workers.forEach(({ end }) => {
            end();
        });
        await Promise.all(workers.map(({ outcome }) => outcome));
        expect(workers.flatMap(({ said }) => said)).toEqual([]);
    });

    it("gives the turn of work that fails to the next, and rejects with its error", async () => {
        const turns = new Turns(1);
        const log: string[] = [];
        const [first, second] = [worker(turns, log, "first"), worker(turns, log, "second")];

        first.end(new Error("broken"));
        expect(await first.outcome).toBe("broken");
        second.end();
        expect(await second.outcome).toBe("second");
        expect(log).toEqual(["first starts", "second starts", "second ends"]);
    });

    it("lets who waits leave, with the reason, and never starts its work", async () => {
        const turns = new Turns(1);
        const log: string[] = [];
        const abort = new AbortController();
        const first = worker(turns, log, "first");
        const second = worker(turns, log, "second", abort.signal);
        const third = worker(turns, log, "third");

        abort.abort(new Error("interrupted"));
        expect(await second.outcome).toBe("interrupted");
        first.end();
        third.end();
        expect(await third.outcome).toBe("third");
        expect(log).toEqual(["first starts", "first ends", "third starts", "third ends"]);
    });

    it("does not let wait who left before", async () => {
        const turns = new Turns(1);
        const log: string[] = [];
        const first = worker(turns, log, "first");

        expect(
            await worker(turns, log, "second", AbortSignal.abort(new Error("gone"))).outcome,
        ).toBe("gone");
        first.end();
        await first.outcome;
        expect(log).toEqual(["first starts", "first ends"]);
    });

    it("leaves who works alone when its signal is aborted: the work has the signal itself", async () => {
        const turns = new Turns(1);
        const log: string[] = [];
        const abort = new AbortController();
        const first = worker(turns, log, "first");
        const second = worker(turns, log, "second", abort.signal);
        first.end();
        await first.outcome;
        const third = worker(turns, log, "third");

        abort.abort(new Error("interrupted"));
        expect(log).toEqual(["first starts", "first ends", "second starts"]);
        second.end();
        expect(await second.outcome).toBe("second");
        third.end();
        expect(await third.outcome).toBe("third");
    });

    it("is free again when all have left", async () => {
        const turns = new Turns(1);
        for (const name of ["first", "second", "third"]) {
            expect(await turns.take(() => Promise.resolve(name), silent, never)).toBe(name);
        }
        const log: string[] = [];
        const { said } = worker(turns, log, "last");
        expect(said).toEqual([]);
        expect(log).toEqual(["last starts"]);
    });
});
