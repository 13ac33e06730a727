import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";
const broken = `FROM quay.io/sandbox/base:latest
ARG GOARCH
RUN if [ "$GOARCH" = arm64 ]; then echo "main.go:7: undefined: AtomicAdd64" >&2; exit 2; fi
`;

/** Builds that go wrong while a service runs; the update after it finishes. */
describe("a build", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("builds");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing without (protections.ts): a failed build says why. That the other one is not built again is Pulumi's
    // doing: its Command has ended well.
    it("that fails to compile for one architecture is not repeated for the other", async () => {
        await bed.change({ [file]: broken });

        const first = await bed.up().fails();
        await bed.undisturbed();
        const second = await bed.up().fails();

        expect(first).toContain("main.go:7: undefined: AtomicAdd64");
        expect(first).toMatch(
            /context-api arm64: build context-api-arm64-2 ended as Failed: DockerBuildFailed/,
        );
        expect(second).toContain("context-api arm64: build context-api-arm64-3 ended as Failed");
        expect(await bed.builds("amd64")).toEqual(["context-api-amd64-1", "context-api-amd64-2"]);
        await bed.change({ [file]: slowDockerfile(0) });
        const seconds = await bed.recover();
        report({
            fault: "compile error in one architecture",
            saw: words(first, /context-api arm64: build \S+ ended[^:]*: \w+/),
            seconds,
            after: "other build reused; old service undisturbed, then new one up",
        });
    });

    // Seen failing without (protections.ts): a failed build says why.
    it("whose base image is gone says so", async () => {
        await bed.change({ [file]: "FROM quay.io/sandbox/gone:latest\n" });

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toMatch(
            /context-api (amd64|arm64): build \S+ ended as Failed: PullBuilderImageFailed/,
        );
        await bed.change({ [file]: slowDockerfile(0) });
        const seconds = await bed.recover();
        report({
            fault: "base image gone",
            saw: words(text, /context-api \w+: build \S+ ended[^:]*: \w+/),
            seconds,
            after: "old service undisturbed, then new one up",
        });
    });

    // Seen failing without (protections.ts): Dockerfiles are looked for beforehand.
    it("whose Dockerfile is missing is not begun", async () => {
        const before = await bed.builds("amd64");
        bed.stack.configureImage("context-api", { dockerfilePath: "docker/none.Dockerfile" });

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toMatch(/docker\/none\.Dockerfile/);
        expect(await bed.builds("amd64")).toEqual(before);
        bed.stack.configureImage("context-api", { dockerfilePath: file });
        const seconds = await bed.recover();
        report({
            fault: "Dockerfile missing",
            saw: words(text, /[^\n]*docker\/none\.Dockerfile[^\n]{0,80}/),
            seconds,
            after: "nothing begun",
        });
    });

    // Seen failing without (protections.ts): a build that does not start is given up.
    it("that waits for a node with impossible room says why, and is given up", async () => {
        await bed.change();
        bed.stack.configure({
            build: { pendingTimeoutSeconds: 10, resources: { requests: { cpu: "900" } } },
        });

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toMatch(/did not start within 10 s; it was cancelled/);
        expect(text).toMatch(/Insufficient cpu/);
        bed.stack.configure({ build: undefined });
        const seconds = await bed.recover();
        report({
            fault: "build stuck Pending",
            saw: words(text, /build \S+ did not start within[^\n]*/),
            seconds,
            after: "build cancelled; old service undisturbed, then new one up",
        });
    });
});
