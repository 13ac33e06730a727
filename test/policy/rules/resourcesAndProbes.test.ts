import { resourcesAndProbes } from "../../../policy/rules/resourcesAndProbes";
import { UNKNOWN } from "../../../policy/values";
import { container, deployment, FIRST, resource, workload } from "../resources";

const AMOUNTS = { cpu: "1", memory: "1Gi" };

function missing(what: string, kind: string): string {
    return `${FIRST}.resources.${kind}.${what} is not set. Accepted: cpu and memory in requests and in limits. To fix: set resources in the image's application in multiarch:images.`;
}

it.each([
    ["cpu", "requests", { requests: { memory: "1Gi" }, limits: AMOUNTS }],
    ["memory", "requests", { requests: { cpu: "1" }, limits: AMOUNTS }],
    ["cpu", "limits", { requests: AMOUNTS, limits: { memory: "1Gi" } }],
    ["memory", "limits", { requests: AMOUNTS, limits: { cpu: "1", memory: "" } }],
])("misses %s in %s", (what, kind, resources) => {
    expect(resourcesAndProbes.check(deployment({ resources }), {})).toEqual([missing(what, kind)]);
});

it("misses all four without resources", () => {
    expect(resourcesAndProbes.check(deployment({ resources: undefined }), {})).toEqual([
        missing("cpu", "requests"),
        missing("memory", "requests"),
        missing("cpu", "limits"),
        missing("memory", "limits"),
    ]);
});

it.each(["readinessProbe", "livenessProbe"])("misses the %s", (probe) => {
    expect(resourcesAndProbes.check(deployment({ [probe]: undefined }), {})).toEqual([
        `${FIRST}.${probe} is not set. Accepted: a readinessProbe and a livenessProbe for each container of a service. To fix: set probe in the image's application in multiarch:images.`,
    ]);
    expect(resourcesAndProbes.check(deployment({ [probe]: {} }), {})).toHaveLength(1);
});

it.each(["Job", "CronJob"] as const)("wants no probes, but resources, of a %s", (kind) => {
    const unprobed = { readinessProbe: undefined, livenessProbe: undefined };
    expect(resourcesAndProbes.check(workload(kind, [container(unprobed)]), {})).toEqual([]);
    const faults = resourcesAndProbes.check(
        workload(kind, [container({ ...unprobed, resources: {} })]),
        {},
    );
    expect(faults).toHaveLength(4);
    expect(faults[0]).toContain("To fix: set resources in multiarch:publisher.");
});

it("wants no probes of an init container", () => {
    const first = container({ readinessProbe: undefined, livenessProbe: undefined });
    expect(
        resourcesAndProbes.check(workload("Pod", [container()], { initContainers: [first] }), {}),
    ).toEqual([]);
});

it.each([
    {},
    { resources: UNKNOWN, readinessProbe: UNKNOWN, livenessProbe: UNKNOWN },
    { resources: { requests: UNKNOWN, limits: { cpu: UNKNOWN, memory: UNKNOWN } } },
])("accepts %p", (changes) => {
    expect(resourcesAndProbes.check(deployment(changes), {})).toEqual([]);
});

it("leaves other resources alone", () => {
    expect(
        resourcesAndProbes.check(resource("kubernetes:core/v1:ConfigMap", "api", {}), {}),
    ).toEqual([]);
});
