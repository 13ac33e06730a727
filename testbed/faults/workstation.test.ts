import { join } from "node:path";

import { paths } from "../sandbox/settings";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";
import { runnersOf } from "./runProcesses";

const file = "docker/context-api.Dockerfile";

/** The machine that runs the update: its disk is full, or its programs are killed, while a service runs. */
describe("the workstation", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("desk");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    async function shell(script: string) {
        const { code, text } = await bed.stack.run(["sh", "-c", script]);
        if (code !== 0) {
            throw new Error(`${script}: ${text}`);
        }
    }

    // Seen failing without (protections.ts): a log that cannot be written ends no build.
    it("without room for the builds' logs: nothing fails", async () => {
        const folder = join(paths.repository, ".multiarch/logs", bed.stack.namespace);
        await shell(`mkdir -p ${folder} && mount -t tmpfs -o size=4k tmpfs ${folder}`);
        try {
            await shell(`head -c 4096 /dev/zero >${folder}/full`);
            await bed.change({ [file]: slowDockerfile(0) });

            const seconds = await bed.recover();

            report({
                fault: "workstation: no room for logs",
                saw: "nothing",
                seconds,
                after: "new service up",
            });
        } finally {
            await shell(`umount ${folder}`);
        }
    });

    // Seen failing without (protections.ts): builds are adopted.
    it("without room for Pulumi's state: is told, and the next npm run up takes the builds over", async () => {
        await bed.change({ [file]: slowDockerfile(5) });
        const folder = join(bed.backend, ".pulumi");
        await shell(
            `cp -a ${folder} ${folder}.kept && mount -t tmpfs -o size=3m tmpfs ${folder} && cp -a ${folder}.kept/. ${folder}`,
        );
        try {
            const run = bed.wrapper("up", "--skip-preview");
            await run.says(/context-api amd64 {2}build \S+: started/);
            await run.says(/context-api arm64 {2}build \S+: started/);
            const before = await bed.stack.builds();
            // The backup too: Pulumi empties it where it cannot write, which is room for one more state, each time.
            await shell(
                `rm -f ${folder}/stacks/multiarch/test.json.bak && ! head -c 9000000 /dev/zero >${folder}/full`,
            );

            const text = await run.fails();
            await shell(`rm ${folder}/full`);
            await bed.undisturbed();

            expect(text).toMatch(/no space left on device/);
            const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
            expect(await bed.begunSince(before)).toEqual([]);
            report({
                fault: "workstation: no room for Pulumi's state",
                saw: words(text, /[^\n]{0,80}no space left on device/),
                seconds,
                after: "builds taken over, none begun again",
            });
        } finally {
            await shell(
                `cp -a ${folder}/. ${folder}.kept && umount ${folder} && cp -a ${folder}.kept/. ${folder}`,
            );
        }
    });

    // Seen failing without (protections.ts): attributes that were cut off are removed.
    it("killed while Pulumi writes the attributes of its state: the next npm run up finishes", async () => {
        // Pulumi empties and writes them for each of its writes; the moment between is too short to be met.
        await shell(`: >${bed.backend}/.pulumi/stacks/multiarch/test.json.attrs`);
        const text = await bed.up().fails();
        expect(text).toMatch(/failed to load checkpoint: EOF/);
        await bed.undisturbed();
        const before = await bed.stack.builds();

        const next = bed.wrapper("up", "--skip-preview");
        const seconds = await bed.recover(next);

        expect(next.text).toMatch(/multiarch: \S+test\.json\.attrs was cut off/);
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "kill -9 of pulumi while it writes the attributes of its state",
            saw: words(text, /failed to load checkpoint: EOF/),
            seconds,
            after: "service undisturbed, nothing built",
        });
    });

    // Seen failing without (protections.ts): builds are adopted (the runner that follows builds); the same inputs are the
    // same work (the publisher's).
    it.each([
        { what: "the runner that follows builds", when: /context-api arm64 {2}build \S+: STEP/ },
        { what: "the runner that follows the publisher", when: /publish {2}/ },
    ])(
        "where $what is killed by -9: the next update takes over what was begun",
        async ({ what, when }) => {
            await bed.change({ [file]: slowDockerfile(8) });
            const run = bed.up();
            await run.says(/context-api amd64 {2}build \S+: started/);
            await run.says(when);
            const before = await bed.stack.builds();
            const killed = runnersOf(bed.backend);
            killed.forEach((pid) => process.kill(pid, "SIGKILL"));

            const text = await run.fails();
            await bed.undisturbed();

            expect(killed.length).toBeGreaterThanOrEqual(1);
            const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
            expect(await bed.begunSince(before)).toEqual([]);
            report({
                fault: `kill -9 of ${what}`,
                saw: words(
                    text,
                    /[^\n]*(killed|signal|exit status|disconnected|closed)[^\n]{0,60}/,
                ),
                seconds,
                after: "builds taken over, none begun again",
            });
        },
    );
});
