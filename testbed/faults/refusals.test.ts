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
}

/** Refusals: known before anything is built, or from the publisher's first pod, and no second one is waited for. */
const refusals: readonly Row[] = [
    {
        fault: "registry: wrong credentials",
        rules: ({ account }) => ({ accounts: [{ ...account, rights: "none" }] }),
        says: /Nothing was changed: \S+ refuses what images are to be published with\.\s+multiarch:registryPassword: /,
    },
    {
        fault: "registry: account may only read",
        rules: ({ account }) => ({ accounts: [{ ...account, rights: "read" }] }),
        says: /multiarch:registry\.username: "robot" may not push to \S+ \(\S+ answered 403\)/,
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
    },
];

describe("a registry that refuses", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("refuses", { registry: true });
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing without (protections.ts): the registry's account is tried beforehand; a refusal of the registry
    // ends the publisher for good.
    it.each(refusals)(
        "$fault: is told at once, and the next update finishes",
        async ({ fault, rules, says }) => {
            const registry = bed.registry;
            await bed.change();
            await registry.tell(rules(registry));

            const failed = bed.up();
            const text = await failed.fails();
            await bed.undisturbed();

            expect(text).toMatch(says);
            // No further pod was waited for.
            expect(text).not.toMatch(/pod \S+ ended: Error/);
            await registry.heal();
            const seconds = await bed.recover();
            report({
                fault,
                saw: words(text, /may not push|(the registry|\S+) refuses[^;,.]*/),
                seconds,
                after: "old service undisturbed, new one up",
            });
        },
    );

    // Seen failing without (protections.ts): a refusal of the registry ends the publisher for good.
    it("registry: certificate of another server: is told at once, and the next update finishes", async () => {
        await bed.change();

        const failed = bed.up();
        // The base image comes from there too: both builds are past that.
        await failed.says(/arm64 {2}build \S+: STEP \d/);
        await failed.says(/amd64 {2}build \S+: STEP \d/);
        await bed.registry.tell({ wrongCertificate: true });
        const text = await failed.fails();
        await bed.undisturbed();

        expect(text).toMatch(
            /the registry refuses .* no floating tag moved\.[^]*x509: certificate is valid for/,
        );
        await bed.registry.heal();
        const seconds = await bed.recover();
        report({
            fault: "registry: certificate of another server",
            saw: words(text, /x509: certificate is valid for[^\n]{0,80}/),
            seconds,
            after: "old service undisturbed, new one up",
        });
    });
});
