import { dockerfile, slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";
const limit = "multiarch:build.resources.limits.memory";

/** Pods that Kubernetes or the kernel ends, while a service runs. */
describe("a pod", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("pods");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    /** As `oc adm drain` does it. */
    async function evict(pod: string) {
        const { namespace } = bed.stack;
        const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
        const eviction = {
            apiVersion: "policy/v1",
            kind: "Eviction",
            metadata: { name: pod, namespace },
        };
        const { code, text } = await bed.stack.run(["oc", "create", "--raw", path, "-f", "-"], {
            input: JSON.stringify(eviction),
        });
        if (code !== 0) {
            throw new Error(`evicting ${pod}: ${text}`);
        }
    }

    // Seen failing without (protections.ts): a step that ran out of memory is told from other failures; a builder that
    // ran out of memory is told from other failures.
    it.each([
        {
            who: "a step of a build",
            memory: "512Mi",
            base: `FROM quay.io/sandbox/base:latest\nRUN tail /dev/zero\n`,
        },
        {
            who: "the builder itself",
            memory: "24Mi",
            base: dockerfile("quay.io/sandbox/base:latest"),
        },
    ])(
        "killed for memory ($who): is told with the key that helps, and not tried again",
        async ({ who, memory, base }) => {
            const before = await bed.stack.builds();
            await bed.change({ [file]: base });
            bed.stack.configure({ build: { resources: { limits: { memory } } } });

            const text = await bed.up().fails();
            await bed.undisturbed();

            expect(text).toMatch(/It ran out of memory \(OOMKilled\): raise /);
            expect(text).toContain(limit);
            expect((await bed.begunSince(before)).length).toBe(2);
            await bed.change({ [file]: slowDockerfile(0) });
            bed.stack.configure({ build: undefined });
            const seconds = await bed.recover();
            report({
                fault: `out of memory: ${who}`,
                saw: words(text, /It ran out of memory \(OOMKilled\): raise \S+/),
                seconds,
                after: "not tried again; old service undisturbed, then new one up",
            });
        },
    );

    // Seen failing without (protections.ts): a build whose pod was taken away is repeated.
    it("of a build, evicted: another one is started, in the same update", async () => {
        await bed.change({ [file]: slowDockerfile(10) });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: STEP/);
        const build = words(run.text, /context-api-arm64-\d+(?=: started)/);
        await evict(`${build}-build`);

        const seconds = await bed.recover(run);

        expect(run.text).toMatch(
            /build \S+: its pod was (evicted|deleted); attempt 2 of 3 in \d+ s/,
        );
        report({
            fault: "build pod evicted",
            saw: words(run.text, /build \S+: its pod was \w+; attempt 2 of 3 in \d+ s/),
            seconds,
            after: "the same update finished; other build kept",
        });
    });

    // Seen failing without (protections.ts): the publisher's Job starts another pod.
    it("of the publisher, evicted: its Job starts another, in the same update", async () => {
        await bed.change({ [file]: slowDockerfile(10) });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: started/);
        const pods = ["get", "pods", "-l", "job-name=context-api-publisher", "-o"];
        await bed.sees(/true/, [...pods, "jsonpath={.items[0].status.containerStatuses[0].ready}"]);
        await evict(await bed.stack.oc(...pods, "jsonpath={.items[0].metadata.name}"));

        const seconds = await bed.recover(run);

        report({
            fault: "publisher pod evicted",
            saw: "nothing",
            seconds,
            after: "the same update finished",
        });
    });
});
