import * as fc from "fast-check";

import { BadEvent, readEvent } from "../../../steps/publish/publisherEvents";
import { AMD64, LIST } from "../../cluster/objects";

const architectures = ["amd64", "arm64"];
const read = (line: string) => readEvent(line, architectures);
const published = {
    event: "published",
    digest: LIST,
    immutableTag: "f2eff76d5aae-cccccccc",
    moved: ["latest"],
    ahead: { "v0.1.0": AMD64, edge: "?", next: "" },
};

describe("readEvent", () => {
    it.each([
        { event: "ready" },
        { event: "ready", floating: { latest: LIST, "v0.1.0": "" } },
        { event: "transferred", architecture: "arm64", seconds: 1.2 },
        published,
        { ...published, moved: [], ahead: {} },
    ])("reads %j", (event) => {
        expect(read(JSON.stringify(event))).toEqual(event);
    });

    it.each([
        ["no JSON", '{"event":"published"', "it printed a report that is not JSON"],
        ["an unknown event", '{"event":"done"}', "does not keep to the protocol"],
        ["a short digest", JSON.stringify({ ...published, digest: "sha256:abc" }), "digest: "],
        [
            "a tag with a space",
            JSON.stringify({ ...published, immutableTag: "a b" }),
            "immutableTag: ",
        ],
        [
            "something added",
            JSON.stringify({ ...published, extra: 1 }),
            "does not keep to the protocol",
        ],
        ["a missing list", JSON.stringify({ ...published, moved: undefined }), "moved: "],
        ["no time", '{"event":"transferred","architecture":"arm64","seconds":-1}', "seconds: "],
        [
            "an architecture nobody asked for",
            '{"event":"transferred","architecture":"s390x","seconds":1}',
            'it reported the architecture "s390x", which is not one of amd64, arm64',
        ],
    ])("refuses a report with %s", (_, line, problem) => {
        expect(() => read(line)).toThrow(BadEvent);
        expect(() => read(line)).toThrow(problem);
    });

    it.each(["", "copying", '{"level":"info"}', ' {"event":"ready"}', 'go{"event":"ready"}'])(
        "leaves %j to people",
        (line) => {
            expect(read(line)).toBeUndefined();
        },
    );

    it("never accepts what it does not know, and never fails in another way", () => {
        fc.assert(
            fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (rest) => {
                expect(() => read(`{"event":${rest}`)).toThrow(BadEvent);
            }),
        );
    });

    it("keeps its complaint printable and short", () => {
        const hostile = `{"event":"\u001b[2J${"x".repeat(100_000)}`;
        let message = "";
        try {
            read(hostile);
        } catch (error) {
            message = (error as Error).message;
        }
        expect(message).toMatch(/^it printed a report that is not JSON/);
        expect(message.length).toBeLessThan(300);
        expect(message).not.toMatch(/\p{Cc}/u);
    });
});
