import { publisherJobSpec } from "../../components/publisherJob";
import { commit, publisher, work } from "./fixtures";

interface PodSpec {
    securityContext: object;
    containers: [
        {
            command: string[];
            env: { name: string; value: string }[];
            securityContext: object;
            volumeMounts: { name: string }[];
        },
    ];
    volumes: { name: string }[];
}

/** The spec of the pods; all that is in it is plain, as the work is. */
function podSpecOf(...args: Parameters<typeof publisherJobSpec>): PodSpec {
    const spec = publisherJobSpec(...args) as unknown as { template: { spec: PodSpec } };
    return spec.template.spec;
}

const buildah = { ...publisher, tool: "buildah", scc: "anyuid" } as const;

describe("publisherJobSpec", () => {
    it("runs regctl without any right, and waits for the builds", () => {
        const signal = (path: string, annotation: string) => ({
            path: `signal/${path}`,
            fieldRef: { fieldPath: `metadata.annotations['multiarch/${annotation}']` },
        });

        expect(publisherJobSpec(publisher, work)).toEqual({
            backoffLimit: 3,
            activeDeadlineSeconds: 2700,
            template: {
                metadata: {
                    annotations: { "multiarch/program": "e".repeat(40) },
                    labels: {
                        "multiarch/build.amd64": "a".repeat(40),
                        "multiarch/build.arm64": "b".repeat(40),
                    },
                },
                spec: {
                    serviceAccountName: "publisher",
                    restartPolicy: "Never",
                    nodeSelector: { "kubernetes.io/arch": "amd64" },
                    securityContext: {
                        runAsNonRoot: true,
                        seccompProfile: { type: "RuntimeDefault" },
                    },
                    containers: [
                        {
                            name: "publisher",
                            image: "example.com/regctl:v1",
                            imagePullPolicy: "IfNotPresent",
                            command: ["/bin/sh", "/input/publish.sh"],
                            env: [
                                { name: "ARCHITECTURES", value: "amd64 arm64" },
                                { name: "SOURCE", value: "internal.example.svc:5000/shop/api" },
                                { name: "DESTINATION", value: "quay.io/shop/api" },
                                { name: "COMMIT", value: commit },
                                { name: "FLOATING_TAGS", value: "latest v1" },
                                { name: "INTERNAL_REGISTRY", value: "internal.example.svc:5000" },
                            ],
                            resources: { requests: { cpu: "50m" }, limits: { memory: "512Mi" } },
                            securityContext: {
                                allowPrivilegeEscalation: false,
                                capabilities: { drop: ["ALL"] },
                            },
                            terminationMessagePolicy: "FallbackToLogsOnError",
                            volumeMounts: [
                                { name: "input", mountPath: "/input", readOnly: true },
                                { name: "work", mountPath: "/work" },
                            ],
                        },
                    ],
                    volumes: [
                        {
                            name: "input",
                            projected: {
                                sources: [
                                    { configMap: { name: "publisher-program" } },
                                    {
                                        secret: {
                                            name: "push",
                                            items: [
                                                {
                                                    key: ".dockerconfigjson",
                                                    path: "credentials/config.json",
                                                },
                                            ],
                                        },
                                    },
                                    {
                                        configMap: {
                                            name: "openshift-service-ca.crt",
                                            items: [
                                                {
                                                    key: "service-ca.crt",
                                                    path: "service-ca/internal.example.svc:5000/ca.crt",
                                                },
                                            ],
                                        },
                                    },
                                    {
                                        downwardAPI: {
                                            items: [
                                                signal("amd64", "digest.amd64"),
                                                signal("arm64", "digest.arm64"),
                                                signal("publish", "publish"),
                                            ],
                                        },
                                    },
                                ],
                            },
                        },
                        { name: "work", emptyDir: {} },
                    ],
                },
            },
        });
    });

    it("runs buildah as UID 0 without a capability, with the same files", () => {
        const regctl = podSpecOf(publisher, work);
        const { securityContext, containers, volumes } = podSpecOf(buildah, work);

        // anyuid, of OpenShift 3, admits no pod that asks for a seccomp profile.
        expect(securityContext).toEqual({ runAsUser: 0 });
        expect(containers[0].securityContext).toEqual({
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
        });
        expect({ mounts: containers[0].volumeMounts, volumes }).toEqual({
            mounts: regctl.containers[0].volumeMounts,
            volumes: regctl.volumes,
        });
    });

    it.each([
        ["restricted-v2", { seccompProfile: { type: "RuntimeDefault" } }],
        ["nonroot-v2", { seccompProfile: { type: "RuntimeDefault" } }],
        ["restricted-v3", { seccompProfile: { type: "RuntimeDefault" } }],
        ["restricted", {}],
        ["anyuid", {}],
        ["hostnetwork", {}],
        ["my-v2-scc", {}],
    ])("asks for a seccomp profile where the SCC lets it: %s", (scc, expected) => {
        const { securityContext } = podSpecOf({ ...publisher, scc }, work);

        expect(securityContext).toEqual({ runAsNonRoot: true, ...expected });
    });

    it("asks for privilege under the privileged SCC only", () => {
        const { securityContext, containers } = podSpecOf({ ...buildah, scc: "privileged" }, work);

        expect(securityContext).toEqual({ runAsUser: 0 });
        expect(containers[0].securityContext).toEqual({ privileged: true });
    });

    it.each([publisher, buildah])(
        "gives $tool the credentials as a file and never as a variable",
        (settings) => {
            const { containers, volumes } = podSpecOf(settings, work);

            expect(containers).toHaveLength(1);
            expect(containers[0].env.map((variable) => Object.keys(variable).join())).toEqual(
                Array(6).fill("name,value"),
            );
            expect(JSON.stringify(volumes).match(/"secret(Name)?":/g)).toEqual(['"secret":']);
        },
    );
});
