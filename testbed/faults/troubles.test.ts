import { FaultBed } from "./faultBed";
import type { Rules } from "./proxy/faults";
import { report, words } from "./row";

const writes = ["POST", "PUT", "PATCH"];

/** Troubles that pass: the same update gets over them, without another build. */
const troubles: {
    readonly fault: string;
    readonly rules: () => Partial<Rules>;
    readonly strikes: number;
}[] = [
    {
        fault: "registry: three answers 500 to pushes",
        rules: () => ({ faults: [{ methods: writes, status: 500, times: 3 }] }),
        strikes: 3,
    },
    {
        fault: "registry: 429 with Retry-After",
        rules: () => ({
            faults: [
                { methods: writes, status: 429, code: "TOOMANYREQUESTS", retryAfter: 1, times: 3 },
            ],
        }),
        strikes: 3,
    },
    {
        fault: "registry: every push takes a second longer",
        rules: () => ({ faults: [{ methods: writes, delay: 1_000 }] }),
        strikes: 5,
    },
    {
        fault: "registry: drops the connection in the middle of two blobs",
        rules: () => ({
            faults: [{ methods: ["PUT", "PATCH"], path: "/blobs/", cutAfter: 100, times: 2 }],
        }),
        strikes: 2,
    },
];

describe("a registry in trouble", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("trouble", { registry: true });
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing (protections.ts) where the trouble lasts longer than regctl and the Job's pods repeat; without the ten
    // minutes that the publisher has.
    it.each(troubles)("$fault: the same update gets over it", async ({ fault, rules, strikes }) => {
        const registry = bed.registry;
        await bed.change();
        await registry.tell(rules());

        const seconds = await bed.recover();

        expect(registry.struck.length).toBeGreaterThanOrEqual(strikes);
        report({ fault, saw: "a slower update", seconds, after: "new service up" });
        await registry.heal();
    });

    // Seen failing without (protections.ts): the publisher's Job starts another pod.
    it("registry: down until the builds have ended, is waited for within the Job's back-off", async () => {
        const registry = bed.registry;
        await bed.change();

        // The base image comes from there too: it goes when both builds are past that.
        const run = bed.up();
        await run.says(/arm64 {2}build \S+: STEP \d/);
        await run.says(/amd64 {2}build \S+: pushed sha256/);
        await registry.tell({ down: true });
        await run.says(/pod \S+ ended: Error/);
        await bed.undisturbed();
        await registry.heal();
        const seconds = await bed.recover(run);

        expect(run.text).toMatch(/pod \S+ ended: Error, exit code 1\. failed to /);
        report({
            fault: "registry: down while the list is published",
            saw: words(run.text, /pod \S+ ended: Error[^\n]{0,90}/),
            seconds,
            after: "the same update finished",
        });
    });
});
