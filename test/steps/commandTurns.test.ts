import { once } from "node:events";

import { serve, client, held } from "./commands";

describe("the limit of builds", () => {
    const turn = (limit: number) =>
        `waits for its turn: no more builds at a time than multiarch:build.maxConcurrent, ${limit}\n`;

    it("has the others wait, in order, and those leave that are killed; publishing does not wait", async () => {
        const { program, run, runs } = held();
        await serve({ build: program, publish: () => Promise.resolve("published") }, 2);
        const started = async (image: string) => {
            const it = client("build", { MULTIARCH_IMAGE: image });
            await (image < "c" ? run(image === "a" ? 0 : 1) : it.wrote("stderr", turn(2)));
            return it;
        };
        const a = await started("a");
        const b = await started("b");
        const c = await started("c");
        const d = await started("d");
        const e = await started("e");
        const publish = { status: 0, stdout: '"published"\n', stderr: "" };
        expect(await client("publish").ended).toEqual(publish);

        c.child.kill("SIGKILL");
        await c.ended;
        // Answered after the server has seen the other one go.
        expect(await client("publish").ended).toEqual(publish);
        expect(runs).toHaveLength(2);

        runs[1]?.end("b");
        expect(await b.ended).toEqual({ status: 0, stdout: '"b"\n', stderr: "" });
        (await run(2)).end("d");
        expect(await d.ended).toEqual({ status: 0, stdout: '"d"\n', stderr: turn(2) });
        (await run(3)).end("e");
        expect(await e.ended).toEqual({ status: 0, stdout: '"e"\n', stderr: turn(2) });
        runs[0]?.end("a");
        expect((await a.ended).stdout).toBe('"a"\n');
        expect(runs.map(({ request }) => request.environment["MULTIARCH_IMAGE"])).toEqual([
            "a",
            "b",
            "d",
            "e",
        ]);
    });

    it("gives a killed build's turn to the next once its program has ended", async () => {
        const { program, run } = held();
        await serve({ build: program }, 1);
        const first = client("build");
        const { signal, end } = await run(0);
        const second = client("build");
        await second.wrote("stderr", turn(1));
        const aborted = once(signal, "abort");
        first.child.kill("SIGKILL");
        await aborted;
        end({});

        (await run(1)).end("second");
        expect((await second.ended).stdout).toBe('"second"\n');
    });

    it("is none unless it is set", async () => {
        const { program, run, runs } = held();
        await serve({ build: program });
        const clients = Array.from({ length: 5 }, () => client("build"));
        await run(4);
        runs.forEach(({ end }) => {
            end({});
        });

        for (const { ended } of clients) {
            expect(await ended).toEqual({ status: 0, stdout: "{}\n", stderr: "" });
        }
    });
});
