import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { installPlugins } from "../plugins";
import { copyRepository } from "./checkout";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { PulumiRun } from "./pulumiRun";
import { processesOf } from "./runProcesses";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";
const OTHER = "another-machine";

/** A checkout and a home of its own, as a second machine has them. */
function makeMachine(folder: string): { checkout: string; home: string } {
    const checkout = join(folder, "checkout");
    copyRepository(checkout);
    const home = join(folder, "home");
    mkdirSync(home);
    installPlugins(join(home, "pulumi"));
    return { checkout, home };
}

/** Two machines with one backend: what they share is the folder of its files. */
describe("a second machine", () => {
    let bed: FaultBed;
    let machine: { checkout: string; home: string };

    beforeAll(async () => {
        bed = await FaultBed.create("machines");
        machine = makeMachine(mkdtempSync(join(tmpdir(), "multiarch-machine-")));
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    /** Runs on the other machine: another host name, checkout and home. */
    function there(...argv: string[]): PulumiRun {
        const become = 'hostname "$1" && shift && exec "$@"';
        const { checkout, home } = machine;
        const options = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];
        const place = ["--stack", "test", "--config-file", bed.stack.configFile];
        return new PulumiRun(
            ["unshare", "--uts", "sh", "-c", become, "sh", OTHER, ...argv, ...options, ...place],
            bed.backend,
            { cwd: checkout, env: { HOME: home, PULUMI_HOME: join(home, "pulumi") } },
        );
    }

    const wrapper = () => there(process.execPath, "--require", "tsx/cjs", "cli/stack.ts", "up");
    const locks = () =>
        readdirSync(join(bed.backend, ".pulumi/locks"), { recursive: true, encoding: "utf8" })
            .filter((name) => name.endsWith(".json"))
            .sort();

    async function building(): Promise<PulumiRun> {
        await bed.change({ [file]: slowDockerfile(25) });
        const run = bed.wrapper("up", "--skip-preview");
        await run.says(/context-api amd64 {2}build \S+: started/);
        await run.says(/context-api arm64 {2}build \S+: started/);
        return run;
    }

    // Seen failing without (protections.ts): locks of another machine are left alone.
    it("is told of an update that goes on, and never breaks its lock", async () => {
        const first = await building();
        const held = locks();

        const [second, plain] = [wrapper(), there("pulumi", "up")];
        const [text, plainText] = await Promise.all([second.fails(), plain.fails()]);

        expect(held).toHaveLength(1);
        expect(locks()).toEqual(held);
        expect(text).toContain(
            `stack test is being changed by root@${hostname()} (pulumi, process `,
        );
        expect(text).toContain(
            "Next: see whether it still runs there; only if it does not: pulumi cancel --yes --stack test",
        );
        expect(plainText).toMatch(/the stack is currently locked by 1 lock\(s\)/);
        const seconds = await bed.recover(first);
        report({
            fault: "two updates at once, on two machines",
            saw: words(text, /stack test is being changed by .*/),
            seconds,
            after: "the first one finished",
        });
    });

    // Seen failing without (protections.ts): locks of another machine are left alone.
    it("leaves the lock of a killed update to the machine that it ran on", async () => {
        const first = await building();
        const { pulumi } = processesOf(bed.backend);
        process.kill(first.pid, "SIGKILL");
        process.kill(pulumi, "SIGKILL");
        await first.ended();
        const held = locks();

        const text = await wrapper().fails();

        expect(text).toContain(
            `stack test is being changed by root@${hostname()} (pulumi, process `,
        );
        expect(locks()).toEqual(held);
        const before = await bed.stack.builds();
        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "kill -9 on another machine",
            saw: words(text, /Next: see whether it still runs there[^\n]*/),
            seconds,
            after: "released by the machine that it ran on, builds taken over",
        });
    });

    // Seen failing without (protections.ts): builds are adopted.
    it("goes on with what the first one began, when that has ended", async () => {
        const first = await building();
        first.kill("SIGINT");
        await first.fails();
        const before = await bed.stack.builds();

        const seconds = await bed.recover(wrapper());

        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "an interrupted update, continued on another machine",
            saw: "nothing",
            seconds,
            after: "builds taken over, none begun again",
        });
    });
});
