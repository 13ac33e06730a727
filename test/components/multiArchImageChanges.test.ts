import { type MultiArchImageArgs } from "../../components/multiArchImage";
import { inputsOf, record } from "../mocks";
import { MANIFESTS, digest, manifests, publisher, settings, source } from "./fixtures";
import {
    job,
    publish,
    amd64,
    arm64,
    args,
    mocks,
    create,
    environmentOf,
    publisherOf,
    digests,
} from "./multiArchImage";

describe("a change of a MultiArchImage", () => {
    // An old Job, finished for the same commit, would publish its old list again.
    it.each<[string, Partial<MultiArchImageArgs>]>([
        ["a build argument", { source: { ...source, buildArgs: { VERSION: "1.3" } } }],
        ["the word for another build", { rebuild: "again" }],
        ["the Dockerfile", { source: { ...source, dockerfilePath: "Dockerfile" } }],
    ])("has another Job, and pods of other labels, when %s changes", async (_, given) => {
        const before = await record(create(), mocks);
        const after = await record(create(given), mocks);

        expect(publisherOf(after).identity).not.toBe(publisherOf(before).identity);
        for (const architecture of args.architectures) {
            const label = `multiarch/build.${architecture}`;
            expect(publisherOf(after).labels[label]).not.toBe(publisherOf(before).labels[label]);
        }
        expect(environmentOf(after, publish)["MULTIARCH_PUBLISHER_IDENTITY"]).not.toBe(
            environmentOf(before, publish)["MULTIARCH_PUBLISHER_IDENTITY"],
        );
    });

    it("has another Job when an architecture is added, and leaves the others' builds", async () => {
        const before = await record(create(), mocks);
        const after = await record(create({ architectures: ["amd64", "arm64", "s390x"] }), {
            ...mocks,
            calls: { [MANIFESTS]: () => manifests({ ...digests, s390x: digest("c") }) },
        });

        expect(publisherOf(after).identity).not.toBe(publisherOf(before).identity);
        for (const { build } of [amd64, arm64]) {
            expect(inputsOf(after, build)).toEqual(inputsOf(before, build));
        }
    });

    it.each<[string, Partial<MultiArchImageArgs>]>([
        ["tags", { floatingTags: ["latest", "v1"] }],
        ["the destination", { destination: "quay.io/shop/other" }],
        ["the publisher's program", { publisher: { ...publisher, programHash: "f".repeat(40) } }],
        ["the publisher's tool", { publisher: { ...publisher, tool: "buildah", scc: "anyuid" } }],
        ["the publisher's time", { publisher: { ...publisher, timeoutSeconds: 60 } }],
    ])("publishes anew and builds nothing when only %s change", async (_, given) => {
        const before = await record(create(), mocks);
        const after = await record(create(given), mocks);

        for (const { build, config } of [amd64, arm64]) {
            expect(inputsOf(after, build)).toEqual(inputsOf(before, build));
            expect(inputsOf(after, config)).toEqual(inputsOf(before, config));
        }
        expect(publisherOf(after).identity).not.toBe(publisherOf(before).identity);
        expect(environmentOf(after, publish)["MULTIARCH_PUBLISHER_IDENTITY"]).not.toBe(
            environmentOf(before, publish)["MULTIARCH_PUBLISHER_IDENTITY"],
        );
    });

    // ten times what a build may wait and take, a day at most
    it.each([
        [{ completionDeadlineSeconds: 1800, pendingTimeoutSeconds: 300 }, 21_000 + 600],
        [{ completionDeadlineSeconds: 9000, pendingTimeoutSeconds: 300 }, 86_400 + 600],
    ])("gives the Job more time when builds wait for their turn: %j", async (times, seconds) => {
        const build = { ...settings, ...times, maxConcurrent: 2 };
        const recording = await record(create({ build }), mocks);

        expect(inputsOf(recording, job)["spec"]).toMatchObject({ activeDeadlineSeconds: seconds });
    });

    it("passes on what changes a build", async () => {
        const plain = await record(create(), mocks);
        const changed = await record(
            create({
                rebuild: "again",
                sourceSecret: "git",
                place: { runFile: "r", context: "c", kubeconfig: "k" },
            }),
            mocks,
        );
        const [before, after] = [plain, changed].map((recording) =>
            environmentOf(recording, amd64.build),
        );

        expect(after?.["MULTIARCH_IDENTITY"]).not.toBe(before?.["MULTIARCH_IDENTITY"]);
        expect(after).toEqual({
            ...before,
            MULTIARCH_IDENTITY: after?.["MULTIARCH_IDENTITY"],
            MULTIARCH_RUN_FILE: "r",
            MULTIARCH_CONTEXT: "c",
            MULTIARCH_KUBECONFIG: "k",
        });
        expect(inputsOf(changed, amd64.config)["spec"]).toMatchObject({
            source: { sourceSecret: { name: "git" } },
        });
        expect(environmentOf(changed, publish)).toEqual({
            ...environmentOf(plain, publish),
            MULTIARCH_PUBLISHER_IDENTITY: publisherOf(changed).identity,
            MULTIARCH_RUN_FILE: "r",
            MULTIARCH_CONTEXT: "c",
            MULTIARCH_KUBECONFIG: "k",
        });
    });
});
