import * as pulumi from "@pulumi/pulumi";

import { serveCommands } from "../../steps/commandServer";
import { programs } from "../../steps/programs";
import { runFile, serve } from "../../checks/serve";
import { change, load, minimal } from "../config/load";

jest.mock("../../steps/commandServer", () => ({ serveCommands: jest.fn() }));

/** The program runs for this stack. */
async function beStack(project: string, stack: string, organization: string): Promise<void> {
    const mocks = { call: () => ({}), newResource: () => ({ id: "", state: {} }) };
    await pulumi.runtime.setMocks(mocks, project, stack, false, organization);
}

beforeEach(async () => {
    jest.mocked(serveCommands).mockReset().mockResolvedValue();
    await beStack("multiarch", "test", "organization");
});
afterEach(() => {
    jest.restoreAllMocks();
});

describe("runFile", () => {
    it("is the same for the same stack, and in the folder that Git ignores", async () => {
        const first = runFile(load(minimal));
        await beStack("multiarch", "test", "organization");

        expect(runFile(load(minimal))).toBe(first);
        expect(first).toMatch(/^\.multiarch\/run\/[0-9a-f]{12}$/);
    });

    it("is another one for every other stack", async () => {
        const files = new Set([runFile(load(minimal))]);
        for (const [project, stack, organization] of [
            ["other", "test", "organization"],
            ["multiarch", "other", "organization"],
            ["multiarch", "test", "other"],
            ["test", "multiarch", "organization"],
        ] as const) {
            await beStack(project, stack, organization);
            files.add(runFile(load(minimal)));
        }

        expect(files.size).toBe(5);
    });

    it("is another one for a stack of the same name in another backend: another namespace or cluster", () => {
        const files = [
            {},
            { namespace: { name: "other" } },
            { kubernetes: { context: "other" } },
            { kubernetes: { kubeconfig: "other" } },
        ].map((changes) => runFile(load(change(minimal, changes))));

        expect(new Set(files).size).toBe(4);
    });

    it("stays with everything else that is configured", () => {
        expect(runFile(load(change(minimal, { rebuild: "again" })))).toBe(runFile(load(minimal)));
    });
});

describe("serve", () => {
    it.each([undefined, 3])(
        "serves the programs by the stack's file, with the limit of the configuration: %s",
        async (maxConcurrent) => {
            const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
            const build = maxConcurrent === undefined ? {} : { maxConcurrent };
            const config = load(change(minimal, { build }));
            await serve(config, runFile(config));

            expect(jest.mocked(serveCommands).mock.calls).toEqual([
                [{ file: runFile(load(minimal)), programs, maxConcurrentBuilds: maxConcurrent }],
            ]);
            expect(warn).not.toHaveBeenCalled();
        },
    );

    it("only warns when it cannot: each Command is a process of its own then", async () => {
        const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
        jest.mocked(serveCommands).mockRejectedValue(new Error("EROFS: read-only file system"));
        await serve(load(minimal), runFile(load(minimal)));

        expect(warn.mock.calls).toEqual([
            [
                "Builds are not served from one process, and build.maxConcurrent is not kept: EROFS: read-only file system",
            ],
        ]);
    });
});
