import { dockerfile } from "../../bench/dockerfile";
import { seedManifests } from "../../bench/seed/manifests";

const service = { namespace: "bench", name: "service-01", gitUrl: "git://git.test/x.git" };

describe("seedManifests", () => {
    const { setUp, job } = seedManifests(service);

    it("are the guide's objects under the service's name", () => {
        expect(setUp.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
            "ImageStream service-01",
            "BuildConfig service-01-amd64",
            "BuildConfig service-01-arm64",
            "ServiceAccount service-01-manifest-builder",
            "Role service-01-manifest-builder",
            "RoleBinding service-01-manifest-builder",
            "RoleBinding service-01-manifest-builder-privileged",
            "RoleBinding service-01-manifest-builder-image-puller",
        ]);
        expect(JSON.stringify([setUp, job])).not.toMatch(/kubernaut-system|jordigilh|triggers/);
    });

    it("build each architecture on a node of it, from the service's repository", () => {
        const specs = setUp.filter(({ kind }) => kind === "BuildConfig").map((it) => it["spec"]);
        expect(specs).toMatchObject(
            ["amd64", "arm64"].map((architecture) => ({
                nodeSelector: { "kubernetes.io/arch": architecture },
                runPolicy: "Serial",
                source: { git: { uri: service.gitUrl, ref: "main" } },
                strategy: {
                    dockerStrategy: {
                        dockerfilePath: "docker/context-api.Dockerfile",
                        buildArgs: [
                            { name: "GOOS", value: "linux" },
                            { name: "GOARCH", value: architecture },
                        ],
                        pullSecret: { name: "quay-io-push-secret" },
                    },
                },
            })),
        );
    });

    it("publish as the guide's Job does: privileged, vfs, two pulls, two pushes", () => {
        const text = JSON.stringify(job);
        expect(job).toMatchObject({
            metadata: { name: "service-01-manifest-push" },
            spec: { backoffLimit: 3, template: { spec: { restartPolicy: "OnFailure" } } },
        });
        expect(text).toContain('"privileged":true');
        expect(text).toContain('{"name":"STORAGE_DRIVER","value":"vfs"}');
        expect(text).toContain('{"name":"QUAY_REGISTRY","value":"quay.io/bench"}');
        expect(text.match(/buildah pull /g)).toHaveLength(2);
        expect(text.match(/buildah manifest push --all/g)).toHaveLength(2);
        expect(text).toContain("buildah login --tls-verify=false ");
    });
});

describe("dockerfile", () => {
    it("is the fixture's own without a layer", () => {
        expect(dockerfile(0, "7")).not.toContain("urandom");
    });

    it("makes a last layer of random bytes", () => {
        expect(dockerfile(100, "7").split("\n")).toContain(
            "RUN dd if=/dev/urandom of=/random-7 bs=1048576 count=100 2>/dev/null",
        );
        expect(dockerfile(100, "7")).toMatch(/COPY VERSION[^]*urandom[^]*USER 1001/);
    });
});
