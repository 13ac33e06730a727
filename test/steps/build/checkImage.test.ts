import { checkImage } from "../../../steps/build/checkImage";
import { buildSchema, imageStreamImageSchema } from "../../../cluster/objects";
import { ARM64, buildObject, COMMIT, imageObject, pushed } from "../../cluster/objects";

const wanted = { architecture: "arm64", commit: COMMIT, digest: ARM64 };
const build = buildSchema.parse(buildObject("api-arm64-1", pushed("Complete")));
const image = (value: unknown) => imageStreamImageSchema.parse(value);
const other = "0".repeat(40);

describe("checkImage", () => {
    it("finds nothing wrong with the right image", () => {
        expect(checkImage(wanted, build, image(imageObject(ARM64)))).toEqual([]);
    });

    it("sees another architecture", () => {
        expect(checkImage(wanted, build, image(imageObject(ARM64, "amd64")))).toEqual([
            "Its architecture is amd64, wanted arm64.",
        ]);
    });

    it("sees another commit in the image", () => {
        expect(checkImage(wanted, build, image(imageObject(ARM64, "arm64", other)))).toEqual([
            `Its label io.openshift.build.commit.id is ${other}, wanted ${COMMIT}.`,
        ]);
    });

    it("sees another digest in the ImageStream", () => {
        const digest = `sha256:${"d".repeat(64)}`;
        expect(checkImage(wanted, build, image(imageObject(digest)))).toEqual([
            `Its digest in the ImageStream is ${digest}, wanted ${ARM64}.`,
        ]);
    });

    it("sees a Build of another commit, on any node", () => {
        const loose = buildSchema.parse(
            buildObject("b", pushed("Complete"), {}, { nodeSelector: null, revision: null }),
        );
        expect(checkImage(wanted, loose, image(imageObject(ARM64)))).toEqual([
            `The commit in the Build is missing, wanted ${COMMIT}.`,
            "The node selector kubernetes.io/arch of the Build is missing, wanted arm64.",
        ]);
    });

    it("sees an OCI image and missing metadata", () => {
        const oci = {
            image: {
                metadata: { name: ARM64 },
                dockerImageManifestMediaType: "application/vnd.oci.image.manifest.v1+json",
            },
        };
        expect(checkImage(wanted, build, image(oci))).toEqual([
            "Its architecture is missing, wanted arm64.",
            `Its label io.openshift.build.commit.id is missing, wanted ${COMMIT}.`,
            "Its media type is application/vnd.oci.image.manifest.v1+json, wanted application/vnd.docker.distribution.manifest.v2+json.",
        ]);
    });
});
