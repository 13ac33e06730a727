import { imageDigest } from "../../../policy/rules/imageDigest";
import { UNKNOWN } from "../../../policy/values";
import { container, deployment, FIRST, IMAGE, resource, workload, WORKLOADS } from "../resources";

const PUBLISHER = "multiarch:index:MultiArchImage$multiarch:index:ManifestList";

function wrong(path: string, image: string): string {
    return `${path}.image is ${image}, which is not a digest. Accepted: repository@sha256:<64 hex digits>. To fix: pass the digest that the registry has, as MultiArchImage and PromotedImage return it.`;
}

function publisher(image: string, name = "publisher", parents = PUBLISHER) {
    const spec = { template: { spec: { containers: [{ name, image }] } } };
    return resource("kubernetes:batch/v1:Job", "api-job", { spec }, { parents });
}

it.each([
    "quay.io/shop/api",
    "quay.io/shop/api:latest",
    "quay.io/shop/api:v1.2.3",
    "quay.io/shop/api@sha256:abc",
])("names the image %s", (image) => {
    expect(imageDigest.check(deployment({ image }), {})).toEqual([wrong(FIRST, `"${image}"`)]);
});

it("names a missing image", () => {
    expect(imageDigest.check(deployment({ image: undefined }), {})).toEqual([
        wrong(FIRST, "not set"),
    ]);
});

it.each(Object.keys(WORKLOADS) as (keyof typeof WORKLOADS)[])("looks into a %s", (kind) => {
    expect(imageDigest.check(workload(kind, [container()]), {})).toEqual([]);
    expect(imageDigest.check(workload(kind, [container({ image: "a:1.2" })]), {})).toHaveLength(1);
});

it("looks at every container and init container", () => {
    const bad = { image: "busybox" };
    const pod = workload("Pod", [container(), bad], {
        initContainers: [bad],
        ephemeralContainers: [bad],
    });
    expect(imageDigest.check(pod, {})).toEqual([
        wrong("spec.containers[1]", '"busybox"'),
        wrong("spec.initContainers[0]", '"busybox"'),
        wrong("spec.ephemeralContainers[0]", '"busybox"'),
    ]);
});

it.each([IMAGE, `quay.io/shop/api:git-1@sha256:${"b".repeat(64)}`, UNKNOWN])(
    "accepts a digest, and what is not known yet: %p",
    (image) => {
        expect(imageDigest.check(deployment({ image }), {})).toEqual([]);
    },
);

it("leaves other resources alone", () => {
    const service = resource("kubernetes:core/v1:Service", "api", {
        spec: { containers: [{ image: "a" }] },
    });
    expect(imageDigest.check(service, {})).toEqual([]);
});

describe("the publisher's tool", () => {
    const tagged = "ghcr.io/regclient/regctl:v0.11.7-alpine";

    it("may be named by a fixed version", () => {
        expect(imageDigest.check(publisher(tagged), {})).toEqual([]);
    });

    it("may not when the settings forbid it", () => {
        expect(imageDigest.check(publisher(tagged), { toolImageByVersion: false })).toEqual([
            `${FIRST}.image is "${tagged}", which is not a digest. Accepted: repository@sha256:<64 hex digits>. To fix: set image in multiarch:publisher.`,
        ]);
    });

    it.each([
        "quay.io/buildah/stable",
        "quay.io/buildah/stable:latest",
        "quay.io/buildah/stable:edge-1.2",
    ])("may not be named %s", (image) => {
        expect(imageDigest.check(publisher(image), {})).toEqual([
            `${FIRST}.image is "${image}", which is not a digest. Accepted: repository@sha256:<64 hex digits>, or a fixed version such as repository:v1.2.3 for this tool. To fix: set image in multiarch:publisher.`,
        ]);
    });

    it.each([
        ["another container of the Job", publisher(tagged, "sidecar")],
        ["a Job of another component", publisher(tagged, "publisher", "shop:index:Migration")],
    ])("is not %s", (_, job) => {
        expect(imageDigest.check(job, {})).toEqual([wrong(FIRST, `"${tagged}"`)]);
    });
});
