import { FaultBed } from "./faultBed";
import { report, words } from "./row";

/** A publisher that cannot do its work however often it is started, and what it is to copy. */
describe("the publisher's Job", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("backoff", {
            registry: true,
            overrides: { publisher: { backoffLimit: 1 } },
        });
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    async function withoutPushes() {
        await bed.registry.fail({ methods: ["POST", "PUT", "PATCH"], status: 500 });
    }

    // Seen failing without (protections.ts): a Job that failed is replaced.
    it("out of attempts: the registry's words are shown, and the next update starts it anew", async () => {
        await bed.change();
        await withoutPushes();

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toMatch(/publisher context-api-publisher failed: BackoffLimitExceeded/);
        expect(text).toMatch(/\| .*500/);
        const before = await bed.stack.builds();
        await bed.registry.heal();
        const seconds = await bed.recover();
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "publisher: all attempts of its Job failed",
            saw: words(text, /publisher \S+ failed: BackoffLimitExceeded[^\n]{0,80}/),
            seconds,
            after: "builds reused; old service undisturbed, then new one up",
        });
    });

    // Seen failing without (protections.ts): images that are gone are built again.
    it("without the images, pruned before they were copied: the next update builds them again", async () => {
        await bed.change();
        await withoutPushes();
        const run = bed.up();
        await run.says(/amd64 {2}build \S+: (complete|image checked)/);
        await run.says(/arm64 {2}build \S+: (complete|image checked)/);
        const tags = ["latest-amd64", "latest-arm64"].map((tag) => `context-api:${tag}`);
        await bed.stack.oc("delete", "imagestreamtags", ...tags);
        await bed.registry.heal();

        const text = await run.fails();
        await bed.undisturbed();

        const before = await bed.stack.builds();
        const seconds = await bed.recover();
        expect(await bed.begunSince(before)).toHaveLength(2);
        report({
            fault: "images pruned between build and publishing",
            saw: words(text, /publisher \S+ failed: BackoffLimitExceeded[^\n]{0,80}/),
            seconds,
            after: "built again; old service undisturbed, then new one up",
        });
        const settled = await bed.stack.builds();
        await bed.recover();
        expect(await bed.begunSince(settled)).toEqual([]);
    });
});
