import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { paths, quay } from "../sandbox/settings";
import { succeeded } from "./run";
import { TestStack } from "./testStack";

/** Prints 5 MB: 25,000 lines of 200 characters. */
const noisy = `FROM quay.io/sandbox/base:latest
ARG GOOS
ARG GOARCH
RUN head -c 5000000 /dev/zero | tr '\\0' x | fold -w 199
CMD ["/bin/sh"]
`;

/** The ways in which the registry's password could show: as it is, and as docker writes it. */
const secrets = [
    quay.password,
    Buffer.from(`${quay.user}:${quay.password}`).toString("base64"),
    Buffer.from(quay.password).toString("base64"),
];

/** Names of the secrets found in the command lines of all processes. */
function inCommandLines(): string[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => {
            try {
                const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
                return secrets.some((secret) => line.includes(secret)) ? [line] : [];
            } catch {
                return [];
            }
        });
}

describe("a build with a log of 5 MB", () => {
    let stack: TestStack;
    let text: string;
    const seen = new Set<string>();

    beforeAll(async () => {
        stack = await TestStack.create("state", [
            { name: "noisy", dockerfilePath: "docker/noisy.Dockerfile" },
        ]);
        await stack.commit({ "docker/noisy.Dockerfile": noisy });
        const watch = setInterval(() => {
            for (const line of inCommandLines()) {
                // The test's own curl against the registry is not the program's.
                seen.add(line.split("\0")[0] ?? "");
            }
        }, 100);
        text = succeeded(await stack.up());
        clearInterval(watch);
    });

    afterAll(async () => stack.remove());

    it("keeps the log in a file, whole", async () => {
        const { noisy: image } = await stack.outputs();
        const build = image?.builds["amd64"]?.build ?? "";
        const file = join(paths.repository, ".multiarch/logs", stack.namespace, `${build}.log`);

        expect(statSync(file).size).toBeGreaterThan(5_000_000);
    });

    it("keeps it out of Pulumi's state", async () => {
        const state = JSON.stringify(JSON.parse(await stack.state()));

        expect(state.length).toBeLessThan(150_000);
        expect(state).not.toContain("xxxxxxxxxx");
    });

    it.each(secrets)("shows no credential in state, text or log (%#)", async (secret) => {
        expect(await stack.state()).not.toContain(secret);
        expect(text).not.toContain(secret);
        const { noisy: image } = await stack.outputs();
        for (const { build } of Object.values(image?.builds ?? {})) {
            const log = join(paths.repository, ".multiarch/logs", stack.namespace, `${build}.log`);
            expect(readFileSync(log).includes(secret)).toBe(false);
        }
        const events = await stack.oc("get", "events", "-o", "json");
        expect(events).not.toContain(secret);
    });

    it("shows no credential in a process list while it runs", () => {
        expect([...seen].filter((program) => !program.includes("curl"))).toEqual([]);
    });

    it("takes over a state whose Commands had a default provider, and runs none of them again", async () => {
        const declared = "pulumi:providers:command::commands";
        const former = "pulumi:providers:command::default_1_2_1";
        const state = await stack.state();
        expect(state).toContain(declared);
        const importing = ["pulumi", "stack", "import", "--stack", "test"];
        const input = state.replaceAll(declared, former);
        succeeded(await stack.run(importing, { input, cwd: stack.folder }));
        const builds = await stack.builds();

        // Created is the provider alone.
        expect(succeeded(await stack.up())).toMatch(
            /Resources:\n {4}\+ 1 created\n {4}\d+ unchanged\n/,
        );
        expect(await stack.builds()).toEqual(builds);
        const after = await stack.state();
        expect(after).toContain(declared);
        expect(after).not.toContain(former);
    });
});
