import { pod, PODS, start } from "./started";

type Started = Awaited<ReturnType<typeof start>>;

/** A running pod with the log of its container `web`. */
async function running() {
    const started = await start();
    const { body } = await started.ask("POST", PODS, pod("a", {}, { nodeName: "n1" }));
    return { ...started, body, log: started.api.logs.open(body, "web", 0) };
}

async function read({ api }: Pick<Started, "api">, query = "", signal?: AbortSignal) {
    const path = `${PODS}/a/log?${query}`;
    const { status, body, stream } = await api.handle({
        method: "GET",
        path,
        ...(signal && { signal }),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream ?? []) {
        chunks.push(chunk);
    }
    return status === 200
        ? Buffer.concat(chunks).toString()
        : (body as { message: string }).message;
}

describe("a log", () => {
    it("is read as far as it is written, or followed to its end", async () => {
        const started = await running();
        started.log.write("one");
        expect(await read(started)).toBe("one\n");
        const following = read(started, "follow=true");
        started.log.write("two");
        started.log.end();
        expect(await following).toBe("one\ntwo\n");
    });

    it("is followed until whoever reads is gone", async () => {
        const started = await running();
        const gone = new AbortController();
        const following = read(started, "follow=true", gone.signal);
        started.log.write("one");
        await new Promise(setImmediate);
        gone.abort();
        expect(await following).toBe("one\n");
    });

    it.each([
        ["tailLines=1", "two\n"],
        ["limitBytes=5", "one\nt"],
        ["timestamps=true&tailLines=1", "2026-11-26T00:01:00.000Z two\n"],
        ["sinceSeconds=30", "two\n"],
        ["sinceTime=2026-11-26T00:00:30Z", "two\n"],
    ])("is read in part by %s", async (query, text) => {
        const started = await running();
        started.log.write("one");
        await started.clock.sleep(60_000);
        started.log.write("two");
        expect(await read(started, query)).toBe(text);
    });

    it("of the run before is kept when a container runs again", async () => {
        const started = await running();
        started.log.write("first");
        expect(await read(started, "previous=true")).toBe(
            'previous terminated container "web" in pod "a" not found',
        );
        started.api.logs.open(started.body, "web", 1).write("second");
        await started.ask("PATCH", `${PODS}/a/status`, {
            status: { containerStatuses: [{ name: "web", restartCount: 1 }] },
        });
        expect(await read(started)).toBe("second\n");
        expect(await read(started, "previous=true")).toBe("first\n");
    });

    it("begins anew when it is too long, and goes on for whoever follows it", async () => {
        const started = await running();
        const line = "x".repeat(6 * 1024 * 1024);
        started.log.write(line);
        const following = read(started, "follow=true");
        await new Promise(setImmediate);
        started.log.write(`${line}y`);
        started.log.end();
        expect((await read(started)).length).toBe(line.length + 2);
        expect((await following).length).toBe(2 * line.length + 3);
    });

    it("is refused in the kubelet's words where there is none", async () => {
        const started = await start();
        await started.ask("POST", PODS, pod("a"));
        expect(await read(started, "container=other")).toBe(
            "container other is not valid for pod a",
        );
        expect(await read(started)).toBe("pod a does not have a host assigned");
        await started.ask("POST", `${PODS}/a/binding`, { target: { name: "n1" } });
        const containerStatuses = [
            { name: "web", state: { waiting: { reason: "ContainerCreating" } } },
        ];
        await started.ask("PATCH", `${PODS}/a/status`, { status: { containerStatuses } });
        expect(await read(started, "container=web")).toBe(
            'container "web" in pod "a" is waiting to start: ContainerCreating',
        );
    });

    it("goes with its pod", async () => {
        const started = await running();
        started.log.write("one");
        await started.ask("DELETE", `${PODS}/a`, { gracePeriodSeconds: 0 });
        expect(await read(started)).toBe('pods "a" not found');
    });
});
