import { historiesOf } from "../../components/buildHistory";
import { digest } from "./fixtures";

describe("historiesOf", () => {
    it("keeps of each build its name, its time, whose it was and its stages, and neither digest nor commit", () => {
        const result = { digest: digest("a"), commit: "c".repeat(40), seconds: 8.5 };
        expect(
            historiesOf({
                amd64: { ...result, build: "api-amd64-1", adopted: false, stages: { Build: 5000 } },
                arm64: { ...result, build: "api-arm64-1", adopted: true },
            }),
        ).toEqual({
            amd64: { build: "api-amd64-1", seconds: 8.5, adopted: false, stages: { Build: 5000 } },
            arm64: { build: "api-arm64-1", seconds: 8.5, adopted: true },
        });
    });
});
