import { refusal } from "../../../simulator/registry/types";
import { Bed } from "./bed";
import { recorded, settled } from "./compare";

/** A case of the recording: its causes, and the objects whose states and events are compared, all lines of them. */
interface Case {
    readonly bed: string;
    readonly test: RegExp;
    /** Whether there was an update before it. @default true */
    readonly served?: boolean;
    readonly options?: ConstructorParameters<typeof Bed>[0];
    readonly act: (bed: Bed) => Promise<void>;
    readonly objects: readonly string[];
}

const COMPILES = `FROM quay.io/sandbox/base:latest
ARG GOARCH
RUN if [ "$GOARCH" = arm64 ]; then echo "main.go:7: undefined: AtomicAdd64" >&2; exit 2; fi
`;
const ARM64 = ["builds/context-api-arm64-B1", "pods/context-api-arm64-B1-build"];
const AMD64 = ["builds/context-api-amd64-B1", "pods/context-api-amd64-B1-build"];

const builder = async (bed: Bed, architecture: "amd64" | "arm64") => {
    const name = await bed.build(architecture);
    await bed.runs(`${name}-build`, "docker-build");
    return { name, pod: `${name}-build` };
};

const cases: readonly Case[] = [
    {
        bed: "builds",
        test: /^the update before/,
        served: false,
        act: (bed) => bed.update(),
        objects: [
            ...AMD64,
            ...ARM64,
            "buildconfigs/context-api-amd64",
            "buildconfigs/context-api-arm64",
            "imagestreams/context-api",
            "jobs/context-api-publisher",
            "pods/context-api-publisher-1",
            "deployments/context-api",
            "replicasets/context-api-SET1",
            "pods/context-api-SET1-1",
            "pods/context-api-SET1-2",
        ],
    },
    {
        bed: "machines",
        test: /^a second machine is told of an update/,
        act: (bed) => bed.update(),
        objects: [
            ...AMD64,
            ...ARM64,
            "jobs/context-api-publisher",
            "pods/context-api-publisher-1",
            "pods/context-api-publisher-2",
            "deployments/context-api",
            "replicasets/context-api-SET1",
            "replicasets/context-api-SET2",
            "pods/context-api-SET1-1",
            "pods/context-api-SET1-2",
            "pods/context-api-SET2-1",
            "pods/context-api-SET2-2",
        ],
    },
    {
        bed: "builds",
        test: /fails to compile/,
        options: {
            trouble: {
                runProblem: (run, architecture) =>
                    run.includes("AtomicAdd64") && architecture === "arm64"
                        ? { says: "main.go:7: undefined: AtomicAdd64", code: 2 }
                        : undefined,
            },
        },
        act: async (bed) => {
            bed.change({ Dockerfile: COMPILES });
            await bed.phase(await bed.build("arm64"), "Failed");
            await bed.clock.sleep(5_000);
        },
        objects: ARM64,
    },
    {
        bed: "builds",
        test: /base image is gone/,
        options: {
            trouble: {
                baseProblem: (base) =>
                    base.includes("gone")
                        ? `initializing source docker://${base}: reading manifest latest in quay.io/sandbox/gone: manifest unknown`
                        : undefined,
            },
        },
        act: async (bed) => {
            // The recorded chapter begins with another build.
            await bed.pushed(await bed.build("arm64"));
            bed.change({ Dockerfile: "FROM quay.io/sandbox/gone:latest\n" });
            await bed.phase(await bed.build("arm64"), "Failed");
            await bed.clock.sleep(5_000);
        },
        objects: ["pods/context-api-arm64-B2-build"],
    },
    {
        bed: "builds",
        test: /impossible room/,
        act: async (bed) => {
            const { client } = bed.cluster;
            const spec = { resources: { requests: { cpu: "900" } } };
            await client.patch("buildconfigs", bed.namespace, "context-api-arm64", { spec });
            const build = await bed.build("arm64");
            await bed.clock.sleep(10_000);
            await client.patch("builds", bed.namespace, build, { status: { cancelled: true } });
            await bed.clock.sleep(5_000);
        },
        objects: ["pods/context-api-arm64-B1-build"],
    },
    {
        bed: "pods",
        test: /a step of a build/,
        act: async (bed) => {
            bed.change({ Dockerfile: "FROM quay.io/sandbox/base:latest\nRUN tail /dev/zero\n" });
            const { name, pod } = await builder(bed, "arm64");
            await bed.clock.sleep(600);
            bed.cluster.causes.outOfMemory(bed.namespace, pod, "docker-build", "child");
            await bed.phase(name, "Failed");
            await bed.clock.sleep(5_000);
        },
        objects: ARM64,
    },
    {
        bed: "pods",
        test: /the builder itself/,
        act: async (bed) => {
            const { name, pod } = await builder(bed, "arm64");
            bed.cluster.causes.outOfMemory(bed.namespace, pod, "docker-build", "main");
            await bed.phase(name, "Failed");
            await bed.clock.sleep(5_000);
        },
        objects: ["builds/context-api-arm64-B1"],
    },
    {
        bed: "pods",
        test: /of a build, evicted/,
        act: async (bed) => {
            const { name, pod } = await builder(bed, "arm64");
            await bed.cluster.causes.evict(bed.namespace, pod);
            await bed.phase(name, "Error");
            await bed.clock.sleep(5_000);
        },
        objects: ARM64,
    },
    {
        bed: "hands",
        test: /whose pod is deleted/,
        act: async (bed) => {
            const { name, pod } = await builder(bed, "arm64");
            await bed.clock.sleep(300);
            await bed.cluster.client.remove("pods", bed.namespace, pod, { gracePeriodSeconds: 0 });
            await bed.phase(name, "Error");
            await bed.clock.sleep(5_000);
        },
        objects: ARM64,
    },
    {
        bed: "hands",
        test: /build deleted by somebody/,
        act: async (bed) => {
            const { name } = await builder(bed, "arm64");
            await bed.cluster.client.remove("builds", bed.namespace, name);
            await bed.clock.sleep(5_000);
        },
        objects: ["builds/context-api-arm64-B1"],
    },
    {
        bed: "publisher",
        test: /whose pod is deleted/,
        act: async (bed) => {
            const builds = await Promise.all([bed.build("amd64"), bed.build("arm64")]);
            await bed.publisher();
            await bed.clock.sleep(4_000);
            const pods = await bed.pods();
            const pod = pods.find(
                ({ metadata }) => metadata.labels?.["app"] === "context-api-publisher",
            );
            await bed.cluster.client.remove("pods", bed.namespace, pod?.metadata.name ?? "");
            await bed.publish(await Promise.all(builds.map((it) => bed.pushed(it))));
        },
        objects: [
            "jobs/context-api-publisher",
            "pods/context-api-publisher-2",
            "pods/context-api-publisher-3",
        ],
    },
    {
        bed: "backoff",
        test: /out of attempts/,
        act: async (bed) => {
            const mend = bed.quay.intercept(({ method, path }) =>
                method === "POST" && path.includes("/blobs/uploads")
                    ? refusal(500, "UNKNOWN", "injected fault")
                    : undefined,
            );
            bed.change();
            const builds = await Promise.all([bed.build("amd64"), bed.build("arm64")]);
            await bed.publisher({ backoffLimit: 1 });
            const digests = await Promise.all(builds.map((it) => bed.pushed(it)));
            await bed.publish(digests);
            mend();
            await bed.publisher({ backoffLimit: 1 });
            await bed.publish(digests);
        },
        objects: ["jobs/context-api-publisher"],
    },
    {
        bed: "nodes",
        test: /lost while it builds/,
        act: async (bed) => {
            const { causes, client } = bed.cluster;
            const { name } = await builder(bed, "arm64");
            causes.nodeDown("node-arm64");
            await bed.clock.sleep(90_000);
            await client.patch("builds", bed.namespace, name, { status: { cancelled: true } });
            await bed.clock.sleep(10_000);
            await bed.build("arm64");
            await bed.clock.sleep(8_000);
            await causes.nodeUp("node-arm64");
            await bed.clock.sleep(60_000);
        },
        objects: [
            "nodes/node-arm64",
            "builds/context-api-arm64-B1",
            "builds/context-api-arm64-B2",
            "pods/context-api-arm64-B2-build",
        ],
    },
];

/** Comparing is by what was recorded: no code in simulator/ knows of it. */
describe("the simulated cluster says what a real OpenShift said, in its order and words", () => {
    it.each(cases.map((it) => [`${it.bed}: ${it.test.source}`, it] as const))(
        "%s",
        async (_, { bed: name, test, served = true, options, act, objects }) => {
            const bed = new Bed(options);
            try {
                await bed.declare();
                if (served) {
                    await bed.update();
                    bed.chapter();
                    bed.change();
                }
                await act(bed);
                const truth = recorded(name, test);
                const said = bed.chapter();
                for (const object of objects) {
                    const [one, other] = [said.get(object), truth.get(object)].map(
                        (it) => it && settled(object, it),
                    );
                    expect({ object, ...one }).toEqual({ object, ...other });
                }
            } finally {
                bed.close();
            }
        },
    );
});
