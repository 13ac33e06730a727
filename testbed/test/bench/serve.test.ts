import { serve } from "../../bench/serve";

describe("serve", () => {
    const asked: string[] = [];
    const oc = (args: readonly string[]) => {
        asked.push(args.join(" "));
        return Promise.resolve();
    };

    beforeEach(() => {
        asked.length = 0;
    });

    it("takes away the other side's pods before it asks for its own, and waits until those are ready", async () => {
        await serve(["bench"], ["bench-seed"], 2, oc);
        expect(asked).toEqual([
            "-n bench-seed scale deployment --all --replicas=0",
            "-n bench scale deployment --all --replicas=2",
            "-n bench wait deployment --all --for=jsonpath={.status.readyReplicas}=2 --timeout=120s",
        ]);
    });

    it("lets both sides run", async () => {
        await serve(["bench", "bench-seed"], [], 2, oc);
        expect(asked.map((it) => it.split(" ").slice(1, 3).join(" "))).toEqual([
            "bench scale",
            "bench wait",
            "bench-seed scale",
            "bench-seed wait",
        ]);
    });

    it("fails when they do not get ready", async () => {
        const late = new Error("timed out waiting for the condition");
        const served = serve(["bench"], ["bench-seed"], 2, ([, , verb]) =>
            verb === "wait" ? Promise.reject(late) : Promise.resolve(),
        );
        await expect(served).rejects.toBe(late);
    });
});
