import { ApiError, ConnectionError, describeRequest } from "../../cluster/apiError";
import { Pod, podSchema } from "../../cluster/objects";
import { Change, watchObjects } from "../../cluster/watchObjects";
import { FakeClock } from "./fakeClock";
import { FakeCluster } from "./fakeCluster";
import { podObject, PODS } from "./objects";

const action = describeRequest("GET", PODS);
const lost = new ConnectionError(action, "https://cluster", "socket hang up", false);

describe("watchObjects", () => {
    let cluster: FakeCluster;
    let clock: FakeClock;
    let abort: AbortController;
    let changes: string[];
    let failure: unknown;
    let running: Promise<void>;

    function start(): void {
        const selector = { labelSelector: "job-name=api-publish" };
        const found = watchObjects(cluster, PODS, selector, podSchema, clock, abort.signal);
        const text = (change: Change<Pod>) =>
            change.kind === "present"
                ? `${change.object.metadata.name} ${change.object.status.phase ?? ""}`
                : change.kind === "gone"
                  ? `${change.name} gone`
                  : `listed ${change.count}`;
        running = (async () => {
            try {
                for await (const change of found) {
                    changes.push(text(change));
                }
            } catch (error) {
                failure = error;
            }
        })();
    }

    beforeEach(() => {
        cluster = new FakeCluster();
        clock = new FakeClock();
        abort = new AbortController();
        changes = [];
        failure = undefined;
    });

    afterEach(async () => {
        abort.abort(new Error("test over"));
        await running;
    });

    it("gives what is there, then what changes", async () => {
        cluster.set(PODS, podObject("one", { phase: "Pending" }));
        cluster.set(PODS, podObject("foreign", {}, { labels: {} }));
        start();
        await clock.advance(0);
        cluster.set(PODS, podObject("one", { phase: "Running" }));
        cluster.set(PODS, podObject("two", { phase: "Pending" }));
        cluster.remove(PODS, "one");
        await clock.advance(0);
        expect(changes).toEqual([
            "one Pending",
            "listed 1",
            "one Running",
            "two Pending",
            "one gone",
        ]);
        expect(cluster.requests).toEqual([
            `GET ${PODS}?labelSelector=job-name%3Dapi-publish`,
            `WATCH ${PODS}?labelSelector=job-name%3Dapi-publish&watch=true&allowWatchBookmarks=true&resourceVersion=2`,
        ]);
    });

    it("leaves nothing behind when it is aborted", async () => {
        start();
        await clock.advance(0);
        expect(cluster.openWatches).toBe(1);
        abort.abort(new Error("enough"));
        await running;
        expect(failure).toEqual(new Error("enough"));
        expect(cluster.openWatches).toBe(0);
        expect(clock.waiting).toBe(0);
    });

    it("goes on from where it was when the server ends a watch", async () => {
        cluster.set(PODS, podObject("one", { phase: "Pending" }));
        start();
        await clock.advance(0);
        cluster.set(PODS, podObject("one", { phase: "Running" }));
        await clock.advance(0);
        cluster.endWatches();
        await clock.advance(1_000);
        expect(cluster.count("GET")).toBe(1);
        expect(cluster.count("WATCH")).toBe(2);
        expect(cluster.requests.at(-1)).toContain("resourceVersion=2");
    });

    it("lists again after a lost connection, and notices what went meanwhile", async () => {
        cluster.set(PODS, podObject("one", { phase: "Pending" }));
        start();
        await clock.advance(0);
        const ended = cluster.openWatches;
        cluster.on("WATCH", /./, () => {
            throw lost;
        });
        cluster.endWatches(lost);
        cluster.remove(PODS, "one");
        await clock.advance(200);
        expect(ended).toBe(1);
        expect(changes).toEqual(["one Pending", "listed 1", "one gone", "listed 0"]);
    });

    it.each([
        ["an event", [{ type: "ERROR", object: { code: 410 } }]],
        ["a refusal", new ApiError(410, "Expired", "too old", action)],
    ])("lists again when its version has expired, told by %s", async (_, answer) => {
        let times = 0;
        cluster.on("WATCH", /./, () => {
            if (answer instanceof Error && times++ === 0) {
                throw answer;
            }
            return answer instanceof Error ? [] : times++ === 0 ? answer : [];
        });
        start();
        await clock.advance(300);
        expect(changes).toEqual(["listed 0", "listed 0"]);
    });

    it("gives up when nothing works ten times in a row", async () => {
        cluster.on("GET", /./, () => {
            throw lost;
        });
        start();
        await clock.advance(600_000);
        await running;
        expect(failure).toBe(lost);
        expect(cluster.count("GET")).toBe(11);
    });

    it("gives up at once when it may not watch", async () => {
        const refused = new ApiError(403, "Forbidden", "no", action);
        cluster.on("WATCH", /./, () => {
            throw refused;
        });
        start();
        await running;
        expect(failure).toBe(refused);
        expect(cluster.requests.length).toBe(2);
    });
});
