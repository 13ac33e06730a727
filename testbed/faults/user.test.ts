import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { processesOf, runs } from "./runProcesses";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";

/** What the person at the keyboard does, while a service runs. */
describe("the user", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("user");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    async function building() {
        await bed.change({ [file]: slowDockerfile(12) });
        const run = bed.wrapper("up", "--skip-preview");
        await run.says(/context-api amd64 {2}build \S+: started/);
        await run.says(/context-api arm64 {2}build \S+: started/);
        return run;
    }

    // Seen failing without (protections.ts): builds are adopted.
    it("who presses Ctrl-C once gets the prompt back, and the next update takes the builds over", async () => {
        const run = await building();
        const interrupted = performance.now();
        run.kill("SIGINT");

        const text = await run.fails();
        const waited = (performance.now() - interrupted) / 1000;
        await bed.undisturbed();

        expect(waited).toBeLessThan(20);
        const before = await bed.stack.builds();
        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "Ctrl-C once",
            saw: words(text, /[^\n]*(cancel|interrupt)[^\n]{0,60}/i),
            seconds,
            after: "builds taken over, none begun again",
        });
    });

    // Seen failing without (protections.ts): builds are adopted.
    it("who presses Ctrl-C twice gets the same", async () => {
        const run = await building();
        run.kill("SIGINT");
        run.kill("SIGINT");

        const text = await run.fails();
        await bed.undisturbed();

        const before = await bed.stack.builds();
        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "Ctrl-C twice",
            saw: words(text, /[^\n]*(cancel|interrupt|terminat)[^\n]{0,60}/i),
            seconds,
            after: "builds taken over, none begun again",
        });
    });

    // Seen failing without (protections.ts): a live lock is told from a stale one.
    it("who starts a second update is told of the first, which is not disturbed", async () => {
        const run = await building();

        const second = await bed.wrapper("up", "--skip-preview").fails();

        expect(second).toMatch(
            /stack test is being changed by root@\S+ \(pulumi, process \d+, since \S+\)\. Next: wait for it, or end it with: kill -INT \d+/,
        );
        const seconds = await bed.recover(run);
        report({
            fault: "two updates at once",
            saw: words(second, /stack test is being changed by .*/),
            seconds,
            after: "the first one finished",
        });
    });

    // Seen failing without (protections.ts): processes of a dead run are ended.
    it("whose wrapper and pulumi are killed leaves processes that the next update ends", async () => {
        const run = await building();
        const { pulumi, helpers } = processesOf(bed.backend);
        process.kill(run.pid, "SIGKILL");
        process.kill(pulumi, "SIGKILL");
        await run.ended();

        const next = bed.wrapper("up", "--skip-preview");
        const seconds = await bed.recover(next);

        expect(helpers.length).toBeGreaterThanOrEqual(4);
        expect(helpers.filter((pid) => runs(pid))).toEqual([]);
        report({
            fault: "kill -9 of npm run up and pulumi",
            saw: words(next.text, /the run of .* released/),
            seconds,
            after: "no process left, builds taken over",
        });
    });

    // Seen failing without (protections.ts): nothing takes back what is published.
    it("who destroys while a build runs gets rid of everything but what is published", async () => {
        const run = await building();
        run.kill("SIGINT");
        await run.fails();
        const before = await bed.published();

        const text = await bed.wrapper("destroy", "--skip-preview").succeeds();

        expect(await bed.published()).toEqual(before);
        expect(
            await bed.stack.oc(
                "get",
                "builds,buildconfigs,jobs,deployments",
                "--ignore-not-found",
                "-o",
                "name",
            ),
        ).toBe("");
        report({
            fault: "destroy while a build runs",
            saw: words(text, /\d+ deleted/),
            seconds: 0,
            after: "all objects gone, every published image there",
        });
    });
});
