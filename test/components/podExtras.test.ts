import type { ApplicationArgs } from "../../components/applicationArgs";
import { podSpec } from "../../components/podSpec";
import { application as args, timing } from "./fixtures";

interface Pod {
    readonly containers: readonly [Record<string, unknown>];
    readonly volumes?: unknown;
}

function podOf(given: Partial<ApplicationArgs>, configMap?: string) {
    const pod = podSpec("api", { ...args, ...given }, configMap) as unknown as Pod;
    return { pod, container: pod.containers[0] };
}

const when = {
    liveness: timing(1, 2, 3, 4),
    readiness: timing(5, 6, 7, 8),
    startup: timing(0, 9, 9, 9),
};

describe("the probes of a container", () => {
    it.each<[string, Partial<ApplicationArgs["probe"]>, object]>([
        ["an HTTP request when nothing is said", {}, { httpGet: { path: "/up", port: 80 } }],
        ["an HTTP request", { type: "http" }, { httpGet: { path: "/up", port: 80 } }],
        ["a TCP connection", { type: "tcp" }, { tcpSocket: { port: 80 } }],
        ["the gRPC health of a server", { type: "grpc" }, { grpc: { port: 80 } }],
        [
            "the gRPC health of one service",
            { type: "grpc", service: "shop.Orders" },
            { grpc: { port: 80, service: "shop.Orders" } },
        ],
        [
            "a command in the container",
            { type: "exec", command: ["/bin/check", "--deep"] },
            { exec: { command: ["/bin/check", "--deep"] } },
        ],
    ])("ask by %s, all three of them", (_, given, handler) => {
        const { container } = podOf({ probe: { path: "/up", port: 80, ...when, ...given } });

        expect(container["livenessProbe"]).toEqual({ ...handler, ...when.liveness });
        expect(container["readinessProbe"]).toEqual({ ...handler, ...when.readiness });
        expect(container["startupProbe"]).toEqual({ ...handler, ...when.startup });
    });
});

describe("the volumes of a pod", () => {
    it.each<[string, NonNullable<ApplicationArgs["volumes"]>[number], object, object]>([
        [
            "an empty folder",
            { name: "tmp", path: "/tmp", emptyDir: {} },
            { emptyDir: {} },
            { mountPath: "/tmp" },
        ],
        [
            "an empty folder in memory, of a size",
            { name: "tmp", path: "/tmp", emptyDir: { sizeLimit: "1Gi", inMemory: true } },
            { emptyDir: { medium: "Memory", sizeLimit: "1Gi" } },
            { mountPath: "/tmp" },
        ],
        [
            "an empty folder that is said to be on disk",
            { name: "tmp", path: "/tmp", emptyDir: { inMemory: false } },
            { emptyDir: {} },
            { mountPath: "/tmp" },
        ],
        [
            "a ConfigMap",
            { name: "rules", path: "/etc/rules", configMap: "rules-v1" },
            { configMap: { name: "rules-v1" } },
            { mountPath: "/etc/rules", readOnly: true },
        ],
        [
            "a Secret",
            { name: "tls", path: "/etc/tls", secret: "api-tls" },
            { secret: { secretName: "api-tls" } },
            { mountPath: "/etc/tls", readOnly: true },
        ],
        [
            "a claim",
            { name: "data", path: "/data", claim: "api-data" },
            { persistentVolumeClaim: { claimName: "api-data" } },
            { mountPath: "/data" },
        ],
        [
            "a claim to read from",
            { name: "data", path: "/data", claim: "api-data", readOnly: true },
            { persistentVolumeClaim: { claimName: "api-data" } },
            { mountPath: "/data", readOnly: true },
        ],
    ])("may be %s", (_, volume, source, mount) => {
        const { pod, container } = podOf({ volumes: [volume] });

        expect(pod.volumes).toEqual([{ name: volume.name, ...source }]);
        expect(container["volumeMounts"]).toEqual([{ name: volume.name, ...mount }]);
    });

    it("come after the file of the application", () => {
        const { pod, container } = podOf(
            {
                configFile: { path: "/etc/api/config.yaml", content: "a: 1" },
                volumes: [{ name: "tmp", path: "/tmp", emptyDir: {} }],
            },
            "api-config",
        );

        expect(pod.volumes).toEqual([
            { name: "config", configMap: { name: "api-config" } },
            { name: "tmp", emptyDir: {} },
        ]);
        expect(container["volumeMounts"]).toEqual([
            { name: "config", mountPath: "/etc/api", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
        ]);
    });

    it.each<[string, Partial<ApplicationArgs>]>([
        ["is said of them", {}],
        ["is in their list", { volumes: [], envFrom: [] }],
    ])("are not named when nothing %s, as the API drops empty lists", (_, given) => {
        const { pod, container } = podOf(given);

        expect(Object.keys(pod)).not.toContain("volumes");
        expect(Object.keys(container)).toEqual([
            "name",
            "image",
            "imagePullPolicy",
            "ports",
            "livenessProbe",
            "readinessProbe",
            "resources",
            "securityContext",
        ]);
    });
});

describe("the variables of a container", () => {
    it("may be all keys of ConfigMaps and Secrets, in their order", () => {
        const { container } = podOf({
            envFrom: [
                { configMap: "defaults" },
                { secret: "database", prefix: "DB_" },
                { configMap: "site" },
            ],
        });

        expect(container["envFrom"]).toEqual([
            { configMapRef: { name: "defaults" } },
            { prefix: "DB_", secretRef: { name: "database" } },
            { configMapRef: { name: "site" } },
        ]);
        expect(Object.keys(container)).not.toContain("env");
    });
});
