import { succeeded } from "./run";
import { runSeedSteps } from "./seedSteps";
import { TestStack, application } from "./testStack";

/** The guide that the program replaces, beside it on the same cluster. */
describe("the seed guide's steps by hand", () => {
    it("take longer than an update that does the same", async () => {
        const stack = await TestStack.create("seed", [
            { name: "context-api", tags: ["latest", "v0.1.0"], application },
        ]);
        try {
            // What is set up once is no part of either: a build of another commit is what both are for.
            succeeded(await stack.up());
            await stack.commit({ VERSION: "0.2.0\n" });

            const byHand = await runSeedSteps(stack, "context-api");
            const update = await stack.up();
            const nothing = await stack.up();

            succeeded(update);
            succeeded(nothing);
            // From the first build to the rollout, as with the guide: what Pulumi does around it is in both updates.
            const pipeline = update.seconds - nothing.seconds;
            process.stderr.write(
                `seed guide by hand ${byHand.toFixed(1)} s, pulumi up ${update.seconds.toFixed(1)} s, of which pipeline ${pipeline.toFixed(1)} s\n`,
            );
            expect(pipeline).toBeLessThan(byHand);
        } finally {
            await stack.remove();
        }
    });
});
