import { imagesOf } from "../../bench/storage";

describe("imagesOf", () => {
    it("finds names and IDs of the bench's images, and leaves what has another name too", () => {
        const list = [
            "REF TYPE DIGEST SIZE PLATFORMS LABELS",
            "quay.io/bench-1/api@sha256:a type sha256:a 1 MiB linux/amd64 -",
            "sha256:id-a type sha256:a 1 MiB linux/amd64 -",
            "quay.io/bench-1/api:latest type sha256:b 1 MiB linux/amd64 -",
            "quay.io/other/api:latest type sha256:b 1 MiB linux/amd64 -",
            "sha256:id-b type sha256:b 1 MiB linux/amd64 -",
            "sha256:id-c type sha256:c 1 MiB linux/amd64 -",
            "",
        ].join("\n");
        expect(imagesOf(list, ["bench-1"])).toEqual([
            "quay.io/bench-1/api@sha256:a",
            "sha256:id-a",
            "quay.io/bench-1/api:latest",
        ]);
    });
});
