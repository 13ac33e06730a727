import { eventually } from "../../cluster/fakeClock";
import { AMD64, ARM64, LIST, podObject, PODS } from "../../cluster/objects";
import { POD, PublishRun } from "../programRun";

const NEXT = [
    "Next: oc logs job/api-publish -n shop",
    "Next: when the cause is gone: pulumi up (it starts the publisher anew; the finished builds are reused)",
];
const published = {
    event: "published",
    digest: LIST,
    immutableTag: "f2eff76d5aae-cccccccc",
    moved: ["latest"],
    ahead: {},
};
const running = {
    phase: "Running",
    containerStatuses: [{ name: "publisher", state: { running: {} } }],
};
const ended = (phase: string, terminated: Record<string, unknown>) => ({
    phase,
    containerStatuses: [{ name: "publisher", state: { terminated } }],
});

describe("runPublish", () => {
    let run: PublishRun;
    beforeEach(() => {
        run = new PublishRun();
    });

    it("tells the waiting pod everything at once and takes its result from its output", async () => {
        run.cluster.set(PODS, podObject(POD, running));
        run.start();
        await eventually(() => run.cluster.count("LOG") === 1, "the log");
        run.say("copying\n");
        run.say({ event: "ready", floating: { latest: "" } });
        run.say({ event: "transferred", architecture: "arm64", seconds: 1.2 });
        run.say(published);
        expect(await run.ended()).toEqual({
            digest: LIST,
            immutableTag: "f2eff76d5aae-cccccccc",
            moved: ["latest"],
            ahead: {},
            seconds: 0,
        });
        expect(run.cluster.bodies).toEqual([
            {
                metadata: {
                    annotations: {
                        "multiarch/digest.amd64": AMD64,
                        "multiarch/digest.arm64": ARM64,
                        "multiarch/publish": "go",
                    },
                },
            },
        ]);
        expect(run.cluster.requests.filter((request) => request.startsWith("LOG"))).toEqual([
            `LOG ${PODS}/${POD}/log?container=publisher&follow=true`,
        ]);
        expect(run.lines).toEqual([
            `api publish  pod ${POD} runs  0 s`,
            "api publish  ready  0 s",
            "api publish  arm64 transferred in 1.2 s  0 s",
            "api publish  published sha256:cccccccccccc as f2eff76d5aae-cccccccc, latest  0 s",
        ]);
    });

    it("sets only the annotations that a pod lacks", async () => {
        const annotations = { "multiarch/digest.amd64": AMD64, "multiarch/digest.arm64": LIST };
        run.cluster.set(PODS, podObject(POD, running, { annotations }));
        run.start();
        await eventually(() => run.cluster.count("PATCH") === 1, "the patch");
        expect(run.cluster.bodies).toEqual([
            {
                metadata: {
                    annotations: { "multiarch/digest.arm64": ARM64, "multiarch/publish": "go" },
                },
            },
        ]);
        run.say(published);
        expect(await run.ended()).toMatchObject({ digest: LIST });
    });

    it("says who is ahead when a floating tag was not moved", async () => {
        run.cluster.set(PODS, podObject(POD, running));
        run.start();
        await eventually(() => run.cluster.count("LOG") === 1, "the log");
        run.say({ ...published, moved: [], ahead: { "v0.1.0": ARM64 } });
        expect(await run.ended()).toMatchObject({ moved: [], ahead: { "v0.1.0": ARM64 } });
        expect(run.lines.at(-1)).toBe(
            `api publish  tag v0.1.0 was moved by somebody else to ${ARM64} and stays there; f2eff76d5aae-cccccccc is kept  0 s`,
        );
    });

    it("tells a replacement pod the same, and follows that one", async () => {
        run.cluster.set(PODS, podObject("first", running));
        run.start();
        await eventually(() => run.cluster.count("LOG") === 1, "the first log");
        run.log("first").end();
        run.cluster.set(PODS, podObject("first", { ...ended("Failed", {}), reason: "Evicted" }));
        run.cluster.set(
            PODS,
            podObject("second", running, { creationTimestamp: "2026-11-22T18:00:00Z" }),
        );
        await eventually(() => run.cluster.count(`LOG ${PODS}/second`) === 1, "the second log");
        run.say(published, "second");
        expect(await run.ended()).toMatchObject({ digest: LIST });
        expect(run.cluster.requests.filter((request) => request.startsWith("PATCH"))).toEqual([
            `PATCH ${PODS}/first`,
            `PATCH ${PODS}/second`,
        ]);
    });

    it.each(["its log", "its last words"])(
        "reads a pod that has succeeded from %s",
        async (from) => {
            const message = from === "its log" ? "" : `${JSON.stringify(published)}\n`;
            run.cluster.set(PODS, podObject(POD, ended("Succeeded", { exitCode: 0, message })));
            run.log().end();
            if (from === "its log") {
                run.say(published);
            }
            run.start();
            expect(await run.ended()).toMatchObject({ digest: LIST });
            expect(run.cluster.count("PATCH")).toBe(0);
        },
    );

    it("fails when a pod succeeded and said nothing", async () => {
        run.cluster.set(PODS, podObject(POD, ended("Succeeded", { exitCode: 0 })));
        run.say("all fine\n");
        run.log().end();
        run.start();
        expect(await run.failed()).toBe(
            [
                "api: publisher api-publish ended without saying what it published.",
                "The last lines of its log:",
                "  | all fine",
                ...NEXT,
            ].join("\n"),
        );
    });

    it.each([
        ["a lie", '{"event":"published","digest":"latest"}\n', "does not keep to the protocol"],
        ["half a report", '{"event":"published"\n', "it printed a report that is not JSON"],
        [
            "a strange architecture",
            '{"event":"transferred","architecture":"s390x","seconds":1}\n',
            "s390x",
        ],
    ])("does not believe %s", async (_, line, problem) => {
        run.cluster.set(PODS, podObject(POD, running));
        run.start();
        await eventually(() => run.cluster.count("LOG") === 1, "the log");
        run.say(line);
        const text = await run.failed();
        expect(text).toMatch(/^api: publisher api-publish cannot be believed: /);
        expect(text).toContain(problem);
    });
});
