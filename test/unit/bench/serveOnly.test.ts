import { serveOnly } from "../../../bench/serveOnly";

describe("serveOnly", () => {
    it("takes away the other side's pods before it asks for its own, and waits until those are ready", async () => {
        const asked: string[] = [];
        await serveOnly("bench", "bench-seed", 2, (args) => {
            asked.push(args.join(" "));
            return Promise.resolve();
        });
        expect(asked).toEqual([
            "-n bench-seed scale deployment --all --replicas=0",
            "-n bench scale deployment --all --replicas=2",
            "-n bench wait deployment --all --for=jsonpath={.status.readyReplicas}=2 --timeout=120s",
        ]);
    });

    it("fails when they do not get ready", async () => {
        const late = new Error("timed out waiting for the condition");
        const served = serveOnly("bench", "bench-seed", 2, ([, , verb]) =>
            verb === "wait" ? Promise.reject(late) : Promise.resolve(),
        );
        await expect(served).rejects.toBe(late);
    });
});
