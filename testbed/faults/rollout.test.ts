import { application } from "../e2e/testStack";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";
const crashing = `FROM quay.io/sandbox/base:latest
ARG GOARCH
COPY VERSION /VERSION
USER 1001
ENTRYPOINT ["/bin/sh", "-c", "echo 'panic: no database at 5432' >&2; exit 3"]
`;

describe("a new image that crashes", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("rollout", {
            image: { application: { ...application, rolloutTimeoutSeconds: 120 } },
        });
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing without (protections.ts): a container that ends is a crash.
    it("leaves the old pods serving, and the next update rolls out a good one", async () => {
        await bed.change({ [file]: crashing });

        const failed = bed.up();
        const text = await failed.fails();
        await bed.undisturbed();

        expect(text).toContain("  | panic: no database at 5432");
        expect(text).toMatch(/Its container context-api ended: Error, exit code 3\./);
        expect(text).toMatch(/failed: pod \S+ crashed 3 times\./);
        // Nothing changed, and nothing is well: an update must not call it rolled out.
        expect(await bed.up().fails()).toContain("  | panic: no database at 5432");
        await bed.change({ [file]: slowDockerfile(0) });
        const seconds = await bed.recover();
        report({
            fault: "new image crashes",
            saw: words(text, /failed: pod \S+ crashed 3 times\.[^]*?\| panic[^\n]*/),
            seconds,
            after: "old pods served until the new image was good",
        });
    });
});
