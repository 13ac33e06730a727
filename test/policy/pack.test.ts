import * as pulumi from "@pulumi/pulumi";

import config from "../../policy/policy-config.json";
import { policies } from "../../policy/pack";
import { known, UNKNOWN } from "../../policy/values";
import { unknownCheckingProxy, UnknownValueError } from "../../policy/sdk";
import { analyze, type Sent } from "./engine";
import { container, workload, WORKLOADS } from "./resources";

const unknown = pulumi.runtime.unknownValue;

function secret(value: unknown) {
    return { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value };
}

function sent(type: string, properties: Record<string, unknown>): Sent {
    return { type, name: "api", urn: `urn:pulumi:test::multiarch::${type}::api`, properties };
}

it("has a rule for each entry of policy-config.json, and the levels that it says", () => {
    const rules = policies.filter(({ name }) => name !== "secret-marks");
    expect(
        Object.fromEntries(rules.map(({ name, enforcementLevel }) => [name, enforcementLevel])),
    ).toEqual(
        Object.fromEntries(
            Object.entries(config).map(([name, { enforcementLevel }]) => [name, enforcementLevel]),
        ),
    );
    expect(rules).toHaveLength(7);
});

it("reports a violation under the name of its rule", async () => {
    const job = workload("Job", [container({ image: "busybox" })]);
    expect(await analyze([sent(job.type, job.props as Record<string, unknown>)])).toEqual([
        'image-digest api: spec.template.spec.containers[0].image is "busybox", which is not a digest. Accepted: repository@sha256:<64 hex digits>. To fix: pass the digest that the registry has, as MultiArchImage and PromotedImage return it.',
    ]);
});

describe("marks of secrets", () => {
    it.each([
        ["whole data", { stringData: secret({ password: "hunter2" }) }, []],
        ["a value", { stringData: { password: secret("hunter2") } }, []],
        ["one of two", { data: { a: secret("YQ=="), b: "Yg==" } }, ["data.b"]],
        ["none", { stringData: { password: "hunter2" } }, ["stringData.password"]],
    ])("are seen on %s", async (_, properties, paths) => {
        const reports = await analyze([sent("kubernetes:core/v1:Secret", properties)]);
        expect(reports.map((text) => text.split(" is not marked")[0])).toEqual(
            paths.map((path) => `secret-data api: ${path}`),
        );
    });

    it("let a Command have a password", async () => {
        const command = (value: unknown) =>
            sent("command:local:Command", { create: "push", environment: { PASSWORD: value } });
        expect(await analyze([command(secret("hunter2"))])).toEqual([]);
        expect(await analyze([command("hunter2")])).toHaveLength(1);
    });
});

describe("values that are not known yet", () => {
    it("are found behind the SDK's proxy, which throws for them", () => {
        const props = unknownCheckingProxy({ a: unknown, b: [unknown, { c: 1 }] });
        expect(() => props["a"]).toThrow(UnknownValueError);
        expect(known(props)).toEqual({ a: UNKNOWN, b: [UNKNOWN, { c: 1 }] });
    });

    const types = [
        ...Object.values(WORKLOADS),
        "command:local:Command",
        "kubernetes:build.openshift.io/v1:BuildConfig",
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:Secret",
        "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "pulumi:providers:docker",
        "pulumi:providers:kubernetes",
    ];

    it.each(types)("are no violation, wherever they are in a %s", async (type) => {
        const keys = [
            "spec",
            "data",
            "stringData",
            "environment",
            "create",
            "roleRef",
            "rules",
            "registryAuth",
        ];
        const all = sent(type, Object.fromEntries(keys.map((key) => [key, unknown])));
        expect(await analyze([all])).toEqual([]);
    });

    it.each([
        "image",
        "env",
        "args",
        "command",
        "resources",
        "readinessProbe",
        "livenessProbe",
        "securityContext",
    ])("are no violation as the %s of a container", async (key) => {
        const { type, props } = workload("Deployment", [container({ [key]: unknown })]);
        expect(await analyze([sent(type, props as Record<string, unknown>)])).toEqual([]);
    });
});
