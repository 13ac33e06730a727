import { FaultBed } from "./faultBed";
import type { FaultyRegistry } from "./faultyRegistry";
import type { Rules } from "./proxy/faults";
import { report, words } from "./row";

/** One way for the destination to fail, while a service runs that came from it. */
interface Row {
    readonly fault: string;
    readonly rules: (registry: FaultyRegistry) => Partial<Rules>;
    /** What the user must be told. */
    readonly says: RegExp;
    /** Seconds in which the user must know. */
    readonly within: number;
}

const writes = ["POST", "PUT", "PATCH"];

/** Refusals: the publisher's first pod says so, and no second one is waited for. */
const refusals: Row[] = [
    {
        fault: "registry: wrong credentials",
        rules: ({ account }) => ({ accounts: [{ ...account, rights: "none" }] }),
        says: /the registry refuses .* no floating tag moved\.[^]*unauthorized/,
        within: 60,
    },
    {
        fault: "registry: account may only read",
        rules: ({ account }) => ({ accounts: [{ ...account, rights: "read" }] }),
        says: /the registry refuses .* no floating tag moved\.[^]*(denied|403)/i,
        within: 60,
    },
    {
        fault: "registry: quota exceeded at the second image",
        rules: () => ({
            faults: [
                {
                    methods: ["PUT"],
                    path: "/manifests/",
                    status: 403,
                    code: "DENIED",
                    message: "Quota has been exceeded on namespace",
                },
            ],
        }),
        says: /the registry refuses .* no floating tag moved\.[^]*Quota has been exceeded on namespace/,
        within: 60,
    },
    {
        fault: "registry: certificate of another server",
        rules: () => ({ wrongCertificate: true }),
        says: /the registry refuses .* no floating tag moved\.[^]*x509: certificate is valid for/,
        within: 60,
    },
];

describe("a registry that refuses", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("refuses", { registry: true });
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing without exit code 77 in common.sh (`try` and `identify` ending with 1): 150 s of back-off first.
    it.each(refusals)(
        "$fault: is told at once, and the next update finishes",
        async ({ fault, rules, says, within }) => {
            const registry = present(bed.registry);
            await bed.change();
            await registry.tell(rules(registry));

            const failed = bed.up();
            const text = await failed.fails();
            await bed.undisturbed();

            expect(text).toMatch(says);
            expect(failed.seconds).toBeLessThan(within);
            await registry.heal();
            const seconds = await bed.recover();
            report({
                fault,
                saw: words(text, /the registry refuses[^;,]*/),
                seconds,
                after: "old service undisturbed, new one up",
            });
        },
    );
});

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

    it.each(troubles)("$fault: the same update gets over it", async ({ fault, rules, strikes }) => {
        const registry = present(bed.registry);
        await bed.change();
        await registry.tell(rules());

        const seconds = await bed.recover();

        expect(registry.struck.length).toBeGreaterThanOrEqual(strikes);
        report({ fault, saw: "a slower update", seconds, after: "new service up" });
        await registry.heal();
    });

    it("registry: down until the builds have ended, is waited for within the Job's back-off", async () => {
        const registry = present(bed.registry);
        await bed.change();

        // The base image comes from there too: it goes when both builds are past that.
        const run = bed.up();
        await run.says(/arm64 {2}build \S+: STEP 2/);
        await run.says(/amd64 {2}build \S+: pushed sha256/);
        await registry.tell({ down: true });
        await run.says(/pod \S+ ended: Error/);
        await bed.undisturbed();
        await registry.heal();
        const seconds = await bed.recover(run);

        expect(run.text).toMatch(/connection refused/);
        report({
            fault: "registry: down while the list is published",
            saw: words(run.text, /pod \S+ ended: Error[^\n]{0,90}/),
            seconds,
            after: "the same update finished",
        });
    });
});

function present<T>(value: T | undefined): T {
    if (value === undefined) {
        throw new Error("the bed was made without a registry of its own");
    }
    return value;
}
