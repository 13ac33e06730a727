import { inputsOf } from "./mocks";
import {
    password,
    stack,
    mocks,
    run,
    firstsOf,
    namespace,
    push,
    account,
    role,
    puller,
    scc,
    publisherProgram,
    stream,
    job,
    publish,
    deployment,
    rollout,
    service,
    shared,
    arm64,
    amd64,
} from "./stackProgram";

describe("the order of a stack with one image", () => {
    it("has the components depend on what is shared, part by part", async () => {
        const { registrations } = await run(stack);
        const components = Object.entries(registrations)
            .filter(([key]) => key.startsWith("multiarch:"))
            .map(([key, { dependencies }]) => [key, dependencies]);

        expect(Object.fromEntries(components)).toEqual({
            "multiarch:index:BuildProject multiarch": [],
            "multiarch:index:PublisherAccount multiarch-publisher": [namespace, push].sort(),
            "multiarch:index:MultiArchImage api": [...shared]
                .filter((key) => key !== namespace && key !== push)
                .sort(),
            "multiarch:index:ImageBuild api-amd64": [stream],
            "multiarch:index:ImageBuild api-arm64": [stream],
            "multiarch:index:ManifestList api": [],
            "multiarch:index:Application api": [namespace, push].sort(),
        });
    });

    // From the dependencies of a resource and of every component around it: it is registered after them.
    it("has everything in order: the Job waits for its rights and for no build, the Deployment for the list", async () => {
        const { registrations } = await run(stack);
        const built = [...shared, stream, ...Object.values(amd64), ...Object.values(arm64)];
        const objects = Object.keys(registrations).filter((key) =>
            /^(kubernetes|command):/.test(key),
        );

        expect(
            Object.fromEntries(objects.map((key) => [key, firstsOf(registrations, key)])),
        ).toEqual(
            Object.fromEntries(
                Object.entries({
                    [namespace]: [],
                    [push]: [namespace],
                    [account]: [namespace, push],
                    [role]: [namespace, push],
                    [publisherProgram]: [namespace, push],
                    [puller]: [namespace, push, account, role],
                    [scc]: [namespace, push, account],
                    [stream]: shared,
                    [amd64.config]: [...shared, stream],
                    [arm64.config]: [...shared, stream],
                    [amd64.build]: [...shared, stream, amd64.config],
                    [arm64.build]: [...shared, stream, arm64.config],
                    [job]: [...shared, stream, amd64.config, arm64.config],
                    [publish]: [...built, job],
                    [service]: [namespace, push],
                    [deployment]: [...built, job, publish],
                    [rollout]: [...built, job, publish, deployment],
                }).map(([key, firsts]) => [key, [...firsts].sort()]),
            ),
        );
    });

    it("registers nothing before what it waits for is there", async () => {
        const finished = new Set<string>();
        const missing: Record<string, string[]> = {};
        const seen: Record<string, readonly string[]> = {};
        const { registrations } = await run(
            stack,
            { registryPassword: password },
            {
                ...mocks,
                state: async (resource) => {
                    const key = `${resource.type} ${resource.name}`;
                    seen[key] = [...finished];
                    // Whoever does not wait is registered by now.
                    await new Promise((resolve) => setImmediate(resolve));
                    finished.add(key);
                    return mocks.state(resource);
                },
            },
        );
        for (const [key, before] of Object.entries(seen)) {
            const absent = firstsOf(registrations, key).filter((first) => !before.includes(first));
            if (absent.length > 0) {
                missing[key] = absent;
            }
        }

        expect(missing).toEqual({});
        expect(seen[job]).toEqual(expect.arrayContaining(shared));
        for (const { build } of [amd64, arm64]) {
            expect(seen[build]).toContain(stream);
            expect(seen[job]).not.toContain(build);
        }
    });

    it("names the same file of the run to every Command", async () => {
        const recording = await run(stack);

        for (const command of [amd64.build, arm64.build, publish, rollout]) {
            expect(inputsOf(recording, command)["environment"]).toMatchObject({
                MULTIARCH_RUN_FILE: expect.stringMatching(
                    /^\.multiarch\/run\/[0-9a-f]{12}$/,
                ) as unknown,
            });
        }
    });
});
