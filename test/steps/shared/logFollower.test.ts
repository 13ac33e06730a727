import * as fc from "fast-check";

import { LogFollower, OpenLog } from "../../../steps/shared/logFollower";
import { eventually, FakeClock, settle } from "../../cluster/fakeClock";

/** A log whose connections end after so many bytes each, some of them by an error. */
function interrupted(content: Buffer, ends: { after: number; clean: boolean }[]): OpenLog {
    let connection = 0;
    return async function* () {
        await Promise.resolve();
        const end = ends[connection++] ?? { after: content.length, clean: true };
        for (let at = 0; at < Math.min(end.after, content.length); at += 3) {
            yield content.subarray(at, Math.min(at + 3, end.after, content.length));
        }
        if (!end.clean) {
            throw new Error("connection lost");
        }
    };
}

const never = new AbortController().signal;

describe("LogFollower", () => {
    it("brings every byte exactly once, however often the connection is lost", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.uint8Array({ minLength: 1, maxLength: 60 }),
                fc.array(fc.nat({ max: 60 }), { maxLength: 5 }),
                async (bytes, lost) => {
                    const clock = new FakeClock();
                    const taken: Uint8Array[] = [];
                    const open = interrupted(
                        Buffer.from(bytes),
                        lost.map((after) => ({ after, clean: false })),
                    );
                    const follower = new LogFollower(open, (part) => void taken.push(part), clock);
                    const done = follower.follow(() => false, never);
                    await clock.advance(60_000);
                    await done;
                    expect(Buffer.concat(taken)).toEqual(Buffer.from(bytes));
                },
            ),
            { numRuns: 30 },
        );
    });

    it("reads again, after the end, what a connection swallowed", async () => {
        const taken: Uint8Array[] = [];
        const open = interrupted(Buffer.from("0123456789"), [{ after: 4, clean: true }]);
        const follower = new LogFollower(open, (part) => void taken.push(part), new FakeClock());
        await follower.follow(() => true, never);
        expect(Buffer.concat(taken).toString()).toBe("0123");
        await follower.drain(1_000, true, never);
        expect(Buffer.concat(taken).toString()).toBe("0123456789");
    });

    it("fetches no faster than the sink takes", async () => {
        let fetched = 0;
        let release: () => void = () => undefined;
        const open: OpenLog = async function* () {
            for (let index = 0; index < 5; index++) {
                await Promise.resolve();
                fetched++;
                yield Buffer.from("x");
            }
        };
        const sink = () => new Promise<void>((resolve) => (release = resolve));
        const follower = new LogFollower(open, sink, new FakeClock());
        const done = follower.follow(() => true, never);
        await settle();
        expect(fetched).toBe(1);
        release();
        await settle();
        expect(fetched).toBe(2);
        for (let index = 0; index < 4; index++) {
            release();
            await settle();
        }
        await done;
        expect(fetched).toBe(5);
    });

    it("fails with what the sink throws", async () => {
        const open = interrupted(Buffer.from("x"), []);
        const sink = () => {
            throw new Error("a lie");
        };
        const follower = new LogFollower(open, sink, new FakeClock());
        await expect(follower.follow(() => false, never)).rejects.toThrow(new Error("a lie"));
    });

    it("gives up on a log that cannot be read, without failing", async () => {
        let opened = 0;
        const clock = new FakeClock();
        // eslint-disable-next-line require-yield -- a log that cannot even be opened
        const open: OpenLog = async function* () {
            await Promise.resolve();
            opened++;
            throw new Error("no log");
        };
        const follower = new LogFollower(open, () => undefined, clock);
        const done = follower.follow(() => false, never);
        await clock.advance(60_000);
        await done;
        expect(opened).toBe(10);
    });

    it("waits for the rest no longer than it may", async () => {
        const clock = new FakeClock();
        const stop = new AbortController();
        const open: OpenLog = async function* (_, signal) {
            yield Buffer.from("x");
            await clock.sleep(1_000_000, signal);
        };
        const follower = new LogFollower(open, () => undefined, clock);
        const following = follower.follow(() => false, stop.signal);
        let drained = false;
        const drain = follower.drain(2_000, false, stop.signal).then(() => (drained = true));
        await clock.advance(1_999);
        expect(drained).toBe(false);
        await clock.advance(1);
        await eventually(() => drained, "drained");
        await drain;
        stop.abort(new Error("over"));
        await expect(following).rejects.toThrow(new Error("over"));
        expect(clock.waiting).toBe(0);
    });
});
