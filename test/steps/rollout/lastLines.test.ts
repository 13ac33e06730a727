import type { Cluster } from "../../../cluster/cluster";
import { lastLines } from "../../../steps/rollout/crashes";
import { FakeClock } from "../../cluster/fakeClock";
import { FakeCluster } from "../../cluster/fakeCluster";

const REMOVED = "unable to retrieve container logs for cri-o://0123456789abcdef";
const of = { pod: "api-1", container: "api" };

describe("the last lines of a container", () => {
    /** A cluster whose kubelet answers for the container that runs, and for the one before it. */
    function kubelet(now: string, before: string): { cluster: Cluster; asked: string[] } {
        const cluster = new FakeCluster();
        const asked: string[] = [];
        cluster.streamLog = async function* (path: string) {
            await Promise.resolve();
            asked.push(path.split("?")[1] ?? "");
            yield Buffer.from(path.includes("previous=true") ? before : now);
        };
        return { cluster, asked };
    }
    const read = (cluster: Cluster, previous: boolean) =>
        lastLines(cluster, "shop", { ...of, previous }, new FakeClock(), AbortSignal.any([]));

    it("are asked for with a limit of lines and bytes", async () => {
        const { cluster, asked } = kubelet("up\n", "panic\n");
        expect(await read(cluster, false)).toEqual(["up"]);
        expect(asked).toEqual(["container=api&tailLines=40&limitBytes=1000000"]);
    });

    it.each([
        ["the one before it", true, `${REMOVED}\n`, "panic: no database\n"],
        ["the one before it, without a line feed", true, REMOVED, "panic: no database"],
        ["the one that runs", false, "panic: no database\n", `${REMOVED}\n`],
    ])(
        "are of another container where the kubelet has removed one: %s",
        async (_, before, now, then) => {
            const { cluster, asked } = kubelet(now, then);
            expect(await read(cluster, !before)).toEqual(["panic: no database"]);
            expect(asked.length).toBe(2);
        },
    );

    it("are none where both are gone, and say so", async () => {
        const { cluster } = kubelet(REMOVED, REMOVED);
        expect(await read(cluster, true)).toEqual([
            "(the kubelet has removed the container, and its log with it)",
        ]);
    });

    it("keep the same words of a program that goes on", async () => {
        const { cluster } = kubelet(`${REMOVED}\npanic\n`, "");
        expect(await read(cluster, false)).toEqual([REMOVED, "panic"]);
    });

    it("come in ten seconds, whatever the stream does", async () => {
        const cluster = new FakeCluster();
        const clock = new FakeClock();
        cluster.log("/api/v1/namespaces/shop/pods/api-1/log").push(Buffer.from("one\n"));
        let lines: string[] | undefined;
        const reading = lastLines(
            cluster,
            "shop",
            { ...of, previous: false },
            clock,
            AbortSignal.any([]),
        ).then((it) => (lines = it));
        await clock.advance(9_999);
        expect(lines).toBeUndefined();
        await clock.advance(1);
        await reading;
        expect(lines).toEqual(["one"]);
        expect(clock.waiting).toBe(0);
    });
});
