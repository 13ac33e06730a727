import { askRepeatedly, bodyOf } from "../../registry/answers";

describe("askRepeatedly", () => {
    let waits: number[];
    let sent: number;
    const wait = (milliseconds: number) => {
        waits.push(milliseconds);
        return Promise.resolve();
    };
    /** Answers with these statuses in turn, or throws where an error is given. */
    const answering = (...answers: (Error | Response | number)[]) => {
        return () => {
            const answer = answers[Math.min(sent++, answers.length - 1)];
            return answer instanceof Error
                ? Promise.reject(answer)
                : Promise.resolve(
                      typeof answer === "number" ? new Response("", { status: answer }) : answer,
                  ).then((it) => it ?? new Response());
        };
    };

    beforeEach(() => {
        waits = [];
        sent = 0;
    });

    it.each([429, 500, 502, 503, 504])("asks again after %i", async (status) => {
        expect((await askRepeatedly(answering(status, status, 200), wait)).status).toBe(200);
        expect(waits).toEqual([500, 1000]);
    });

    it("gives the third answer, whatever it is", async () => {
        expect((await askRepeatedly(answering(503), wait)).status).toBe(503);
        expect(sent).toBe(3);
    });

    it("asks again when a connection breaks, and keeps the last cause", async () => {
        const reset = new TypeError("fetch failed: ECONNRESET");
        expect((await askRepeatedly(answering(reset, 200), wait)).status).toBe(200);
        sent = 0;
        await expect(askRepeatedly(answering(reset), wait)).rejects.toBe(reset);
        expect(sent).toBe(3);
    });

    it.each([401, 403, 404, 400])("asks once where the answer is %i", async (status) => {
        expect((await askRepeatedly(answering(status), wait)).status).toBe(status);
        expect(sent).toBe(1);
    });

    it("asks once where its time is over, where the status is an answer, and where it may not", async () => {
        const over = Object.assign(new Error("over"), { name: "TimeoutError" });
        await expect(askRepeatedly(answering(over), wait)).rejects.toBe(over);
        await askRepeatedly(answering(503), wait, { expect: [503] });
        await askRepeatedly(answering(503), wait, { attempts: 1 });
        expect(sent).toBe(3);
        expect(waits).toEqual([]);
    });

    it("waits as long as a Retry-After says, and not where that is longer than anybody waits", async () => {
        const busy = (seconds: string) =>
            new Response("", { status: 429, headers: { "retry-after": seconds } });
        await askRepeatedly(answering(busy("7"), busy("soon"), 200), wait);
        expect(waits).toEqual([7000, 1000]);
        sent = 0;
        expect((await askRepeatedly(answering(busy("3600"), 200), wait)).status).toBe(429);
    });
});

describe("bodyOf", () => {
    const answer = (bytes: number) => {
        const response = new Response(Buffer.alloc(bytes));
        Object.defineProperty(response, "url", { value: "https://quay.example/v2/" });
        return response;
    };

    it("takes 4 MiB, and no byte more", async () => {
        expect((await bodyOf(answer(4_194_304))).length).toBe(4_194_304);
        await expect(bodyOf(answer(4_194_305))).rejects.toThrow(
            "quay.example sent more than 4194304 bytes",
        );
    });

    it("takes an empty answer", async () => {
        expect((await bodyOf(new Response(null, { status: 204 }))).length).toBe(0);
    });
});
