import { publishingIn } from "../../bench/publishing";
import { stretches } from "../../bench/seed/job";

const second = (at: number) => `2026-01-01T00:00:${String(at).padStart(2, "0")}.5Z`;
const started = Date.parse("2026-01-01T00:00:00Z");

describe("publishingIn", () => {
    it("tells when each image was copied and when the list was there", () => {
        const log = [
            `${second(1)} {"event":"ready"}`,
            `${second(5)} {"event":"transferred","architecture":"amd64","seconds":1.5}`,
            `${second(8)} {"event":"transferred","architecture":"arm64","seconds":0.5}`,
            `${second(9)} {"event":"published","digest":"sha256:1"}`,
        ].join("\n");
        expect(publishingIn(log, "api", started)).toEqual({
            transfers: { "api amd64": 1.5, "api arm64": 0.5 },
            service: "api",
            lastCopy: 8,
            at: 9.5,
            parts: [
                { row: "api copy amd64", stage: "copy", from: 4, to: 5.5 },
                { row: "api copy arm64", stage: "copy", from: 8, to: 8.5 },
                { row: "api list", stage: "list and tags", from: 8.5, to: 9.5 },
            ],
        });
    });

    it("fails when nothing was published", () => {
        expect(() => publishingIn(`${second(1)} {"event":"ready"}`, "api", started)).toThrow(
            "the publisher of api did not say that it published",
        );
    });
});

describe("stretches", () => {
    it("splits the script's stage by what the guide's Job prints", () => {
        const log = [
            `${second(2)} Configuring authentication...`,
            `${second(3)} Pulling architecture-specific images from internal registry...`,
            `${second(6)} Creating manifest list...`,
            `${second(7)} Pushing multi-arch manifest to quay.io...`,
            `${second(9)} Successfully pushed multi-arch image to quay.io/a/b:latest`,
            `${second(10)} Also tagged as v0.1.0`,
        ].join("\n");
        const stage = { stage: "publish", from: started, to: started + 12_000 } as const;
        const since = (moment: number) => (moment - started) / 1000;
        expect(stretches(log, stage, since)).toEqual([
            { stage: "Job's start", from: 0, to: 2.5 },
            { stage: "log in", from: 2.5, to: 3.5 },
            { stage: "pull", from: 3.5, to: 6.5 },
            { stage: "join", from: 6.5, to: 7.5 },
            { stage: "push", from: 7.5, to: 9.5 },
            { stage: "push again", from: 9.5, to: 10.5 },
            { stage: "Job's end", from: 10.5, to: 12 },
        ]);
    });
});
