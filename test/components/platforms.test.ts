import * as pulumi from "@pulumi/pulumi";

import { checkArchitectures, checkPlatforms } from "../../components/platforms";
import { digest, manifests } from "./fixtures";

const reference = `quay.io/shop/api:1-2@${digest("d")}`;
const built = { amd64: digest("a"), arm64: digest("b") };
const amd64 = `linux/amd64 ${digest("a")}`;
const arm64 = `linux/arm64 ${digest("b")}`;
const [a, b] = manifests(built).manifests as [Found, Found];

interface Found {
    os: string;
    architecture: string;
    sha256Digest: string;
}

/** The message of the RunError that `check` throws. */
function refusal(check: () => unknown): string {
    try {
        check();
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) {
            return error.message;
        }
        throw error;
    }
    throw new Error("nothing was refused");
}

describe("checkPlatforms", () => {
    it("accepts exactly what was built, in any order", () => {
        expect(() => {
            checkPlatforms(reference, [b, a], built);
        }).not.toThrow();
    });

    it.each([
        { what: "a missing platform", found: [a], published: amd64 },
        {
            what: "a foreign architecture",
            found: [a, b, { ...a, architecture: "s390x" }],
            published: `${amd64}, ${arm64}, linux/s390x ${digest("a")}`,
        },
        {
            what: "a foreign operating system",
            found: [{ ...a, os: "windows" }, b],
            published: `windows/amd64 ${digest("a")}, ${arm64}`,
        },
        {
            what: "a platform that is there twice",
            found: [a, b, b],
            published: `${amd64}, ${arm64}, ${arm64}`,
        },
        {
            what: "another digest",
            found: [a, { ...b, sha256Digest: digest("e") }],
            published: `${amd64}, linux/arm64 ${digest("e")}`,
        },
        {
            what: "the digests of the wrong architectures",
            found: [
                { ...a, sha256Digest: digest("b") },
                { ...b, sha256Digest: digest("a") },
            ],
            published: `linux/amd64 ${digest("b")}, linux/arm64 ${digest("a")}`,
        },
        { what: "an empty list", found: [], published: "nothing" },
    ])("refuses $what", ({ found, published }) => {
        expect(
            refusal(() => {
                checkPlatforms(reference, found, built);
            }),
        ).toBe(
            [
                `${reference} is not what was built; the Deployment stays as it is.`,
                `  built:     ${amd64}, ${arm64}`,
                `  published: ${published}`,
                "Publish again with: pulumi config set multiarch:rebuild $(date +%s) && pulumi up",
            ].join("\n"),
        );
    });
});

describe("checkArchitectures", () => {
    it("takes no notice of attestations, however many", () => {
        const attestation = { os: "unknown", architecture: "unknown", sha256Digest: digest("e") };
        expect(
            checkArchitectures(reference, [a, attestation, b, attestation], ["amd64", "arm64"]),
        ).toEqual(built);
    });

    it("refuses two entries of one platform", () => {
        expect(
            refusal(() => checkArchitectures(reference, [a, b, { ...b }], ["amd64", "arm64"])),
        ).toContain(
            "is for linux/amd64, linux/arm64, linux/arm64, not for linux/amd64, linux/arm64",
        );
    });

    it("returns the digests by architecture, in any order", () => {
        expect(checkArchitectures(reference, [b, a], ["amd64", "arm64"])).toEqual(built);
    });

    it.each([
        { what: "a missing architecture", found: [a], published: "linux/amd64" },
        {
            what: "a foreign architecture",
            found: [a, b, { ...b, architecture: "s390x" }],
            published: "linux/amd64, linux/arm64, linux/s390x",
        },
        {
            what: "a foreign operating system",
            found: [a, { ...b, os: "windows" }],
            published: "linux/amd64, windows/arm64",
        },
        {
            what: "an architecture that is there twice",
            found: [b, a, a],
            published: "linux/amd64, linux/amd64, linux/arm64",
        },
        { what: "an empty list", found: [], published: "nothing" },
    ])("refuses $what", ({ found, published }) => {
        expect(refusal(() => checkArchitectures(reference, found, ["arm64", "amd64"]))).toBe(
            [
                `${reference} is for ${published}, not for linux/amd64, linux/arm64; the Deployment stays as it is.`,
                "Set the architectures that it has, or promote another digest: edit multiarch:images in the stack's configuration",
            ].join("\n"),
        );
    });
});
