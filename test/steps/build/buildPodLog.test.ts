import { streamBuildLog } from "../../../steps/build/buildPodLog";
import { eventually, FakeClock } from "../../cluster/fakeClock";
import { FakeCluster } from "../../cluster/fakeCluster";
import { PODS } from "../../cluster/objects";

const POD = "api-arm64-3-build";
const waiting = { waiting: { reason: "PodInitializing" } };
const running = { running: {} };
const ended = { terminated: { exitCode: 0 } };
const failed = { terminated: { exitCode: 128 } };

/** Gives the build's pod a phase, and each of its three containers a state. */
function setPod(
    cluster: FakeCluster,
    phase: string,
    states: readonly [clone: object, manage: object, build: object],
): void {
    const [clone, manage, build] = states;
    cluster.set(PODS, {
        metadata: { name: POD },
        status: {
            phase,
            initContainerStatuses: [
                { name: "git-clone", state: clone },
                { name: "manage-dockerfile", state: manage },
            ],
            containerStatuses: [{ name: "docker-build", state: build }],
        },
    });
}

describe("streamBuildLog", () => {
    let cluster: FakeCluster;
    let text: string;
    let outcome: Promise<void> | undefined;
    let over: boolean;
    const abort = new AbortController();

    const start = (follow: boolean) => {
        text = "";
        over = false;
        outcome = (async () => {
            const log = streamBuildLog(cluster, "shop", POD, follow, new FakeClock(), abort.signal);
            for await (const bytes of log) {
                text += Buffer.from(bytes).toString();
            }
        })().finally(() => {
            over = true;
        });
    };
    const requests = () => cluster.requests.map((it) => it.replace(`${PODS}/${POD}`, "POD"));
    const logs = () => requests().filter((it) => it.startsWith("LOG"));

    beforeEach(() => {
        cluster = new FakeCluster();
    });

    it("reads the containers in the order in which they run, each once it has begun, and ends with the last one", async () => {
        setPod(cluster, "Pending", [running, waiting, waiting]);
        start(true);
        // The fake has one log for all containers of a pod.
        cluster.log(`${PODS}/${POD}/log`).push(Buffer.from("x"));
        cluster.log(`${PODS}/${POD}/log`).end();
        await eventually(() => text === "x", "the first log");
        expect(logs().at(-1)).toBe("LOG POD/log?container=git-clone&follow=true");

        setPod(cluster, "Pending", [ended, ended, waiting]);
        await eventually(() => text === "xx", "the second log");
        expect(logs().at(-1)).toBe("LOG POD/log?container=manage-dockerfile");
        expect(over).toBe(false);

        setPod(cluster, "Running", [ended, ended, running]);
        await outcome;
        expect(text).toBe("xxx");
        expect(logs()).toHaveLength(3);
        expect(logs().at(-1)).toBe("LOG POD/log?container=docker-build&follow=true");
        expect(cluster.openWatches).toBe(0);
        expect(cluster.count(`GET ${PODS}`)).toBe(1);
    });

    it("ends with the container that failed: those after it never begin", async () => {
        cluster.log(`${PODS}/${POD}/log`).push(Buffer.from("no such branch"));
        cluster.log(`${PODS}/${POD}/log`).end();
        setPod(cluster, "Failed", [failed, waiting, waiting]);
        start(true);
        await outcome;
        expect(text).toBe("no such branch");
        expect(cluster.count("LOG")).toBe(1);
    });

    it("ends when the pod goes away, and has nothing of one that is not there", async () => {
        setPod(cluster, "Pending", [waiting, waiting, waiting]);
        start(true);
        await eventually(() => cluster.openWatches === 1, "the watch");
        cluster.remove(PODS, POD);
        await outcome;
        start(true);
        await outcome;
        expect(cluster.count("LOG")).toBe(0);
        expect(cluster.openWatches).toBe(0);
    });

    it("reads what is there without waiting when it is not to follow", async () => {
        cluster.log(`${PODS}/${POD}/log`).push(Buffer.from("y"));
        cluster.log(`${PODS}/${POD}/log`).end();
        setPod(cluster, "Running", [ended, ended, running]);
        start(false);
        await outcome;
        expect(text).toBe("yyy");
        expect(requests()).toEqual([
            "GET POD",
            "LOG POD/log?container=git-clone",
            "LOG POD/log?container=manage-dockerfile",
            "LOG POD/log?container=docker-build",
        ]);
    });
});
