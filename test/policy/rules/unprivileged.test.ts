import { unprivileged } from "../../../policy/rules/unprivileged";
import { UNKNOWN } from "../../../policy/values";
import { container, deployment, FIRST, resource, workload } from "../resources";

const CONTEXT = `${FIRST}.securityContext`;
const SAFE = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

function exempt(right: string, name = "api"): string {
    return `, or add {"resource": "${name}", "allows": "${right}", "reason": ...} to exemptions of unprivileged in policy-config.json.`;
}

function secured(securityContext: unknown) {
    return deployment({ securityContext });
}

function binding(role: unknown, kind = "RoleBinding") {
    return resource(`kubernetes:rbac.authorization.k8s.io/v1:${kind}`, "publisher-scc", {
        roleRef: { kind: "ClusterRole", name: role },
    });
}

function role(rule: object) {
    return resource("kubernetes:rbac.authorization.k8s.io/v1:Role", "user", { rules: [rule] });
}

it.each([
    [
        "privileged",
        { privileged: true },
        `${CONTEXT}.privileged is true. Accepted: false, or not set. To fix: set scc in multiarch:publisher to restricted-v2 (regctl) or anyuid (buildah), or remove the line`,
    ],
    [
        "allowPrivilegeEscalation",
        { ...SAFE, allowPrivilegeEscalation: true },
        `${CONTEXT}.allowPrivilegeEscalation is true. Accepted: false. To fix: set it to false in the container's securityContext`,
    ],
    [
        "allowPrivilegeEscalation",
        { ...SAFE, allowPrivilegeEscalation: undefined },
        `${CONTEXT}.allowPrivilegeEscalation is not set. Accepted: false. To fix: set it to false in the container's securityContext`,
    ],
    [
        "capabilities",
        { ...SAFE, capabilities: undefined },
        `${CONTEXT}.capabilities.drop is not set. Accepted: ["ALL"]. To fix: set it to ["ALL"] in the container's securityContext`,
    ],
    [
        "capabilities",
        { ...SAFE, capabilities: { drop: ["KILL"] } },
        `${CONTEXT}.capabilities.drop is ["KILL"]. Accepted: ["ALL"]. To fix: set it to ["ALL"] in the container's securityContext`,
    ],
    [
        "capabilities",
        { ...SAFE, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE", "SYS_ADMIN"] } },
        `${CONTEXT}.capabilities.add is ["SYS_ADMIN"]. Accepted: no capability but NET_BIND_SERVICE. To fix: remove it from the container's securityContext`,
    ],
])("finds and may exempt %s: %j", (right, context, text) => {
    expect(unprivileged.check(secured(context), {})).toEqual([`${text}${exempt(right)}`]);
    const exemption = { resource: "api", allows: right, reason: "tried" };
    expect(unprivileged.check(secured(context), { exemptions: [exemption] })).toEqual([]);
    const others = [
        { ...exemption, resource: "other" },
        { ...exemption, allows: "other" },
    ];
    expect(unprivileged.check(secured(context), { exemptions: others })).toHaveLength(1);
});

it("finds both faults of a container without a securityContext", () => {
    expect(unprivileged.check(secured(undefined), {})).toHaveLength(2);
});

it("looks at init containers", () => {
    const pod = workload("Job", [container()], {
        initContainers: [container({ securityContext: { privileged: true } })],
    });
    expect(unprivileged.check(pod, {})).toHaveLength(1);
});

it.each(["hostNetwork", "hostPID", "hostIPC"])("finds %s", (key) => {
    expect(unprivileged.check(workload("Pod", [container()], { [key]: true }), {})).toEqual([
        `spec.${key} is true. Accepted: false, or not set. To fix: remove it from the pod's spec${exempt(key)}`,
    ]);
});

it.each([
    [
        "hostPort",
        container({ ports: [{ containerPort: 80 }, { containerPort: 8080, hostPort: 8080 }] }),
        {},
        "spec.containers[0].ports[1].hostPort is 8080. Accepted: not set. To fix: remove it, and use a Service",
    ],
    [
        "procMount",
        container({ securityContext: { ...SAFE, procMount: "Unmasked" } }),
        {},
        'spec.containers[0].securityContext.procMount is "Unmasked". Accepted: "Default", or not set. To fix: remove it from the container\'s securityContext',
    ],
    [
        "imageVolume",
        container(),
        { volumes: [{ emptyDir: {} }, { image: { reference: "quay.io/a/b:1" } }] },
        'spec.volumes[1] is an image, "quay.io/a/b:1". Accepted: volumes without image. To fix: copy what it holds into the container\'s own image',
    ],
])("finds and may exempt %s", (right, one, pod, text) => {
    const found = workload("Pod", [one], pod);
    expect(unprivileged.check(found, {})).toEqual([`${text}${exempt(right)}`]);
    const exemption = { resource: "api", allows: right, reason: "tried" };
    expect(unprivileged.check(found, { exemptions: [exemption] })).toEqual([]);
});

it("accepts a port of the container alone, the usual /proc, and what is not known yet", () => {
    const usual = container({
        ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 0 }, { hostPort: UNKNOWN }],
        securityContext: { ...SAFE, procMount: "Default" },
    });
    expect(unprivileged.check(workload("Pod", [usual]), {})).toEqual([]);
});

it("finds a folder of the node", () => {
    const volumes = [{ emptyDir: {} }, { hostPath: { path: "/etc" } }];
    expect(unprivileged.check(workload("Pod", [container()], { volumes }), {})).toEqual([
        `spec.volumes[1] is a folder of the node, "/etc". Accepted: volumes without hostPath. To fix: use an emptyDir, a ConfigMap, a Secret or a claim${exempt("hostPath")}`,
    ]);
});

it.each([
    SAFE,
    { ...SAFE, privileged: false },
    { ...SAFE, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
    { privileged: UNKNOWN, allowPrivilegeEscalation: UNKNOWN, capabilities: UNKNOWN },
    { ...SAFE, capabilities: { drop: [UNKNOWN], add: [UNKNOWN] } },
    UNKNOWN,
])("accepts %p", (context) => {
    expect(unprivileged.check(secured(context), {})).toEqual([]);
});

describe("SCCs", () => {
    it.each([
        "privileged",
        "anyuid",
        "hostaccess",
        "hostmount-anyuid",
        "hostmount-anyuid-v2",
        "hostnetwork",
        "hostnetwork-v2",
        "node-exporter",
    ])("does not let an account use %s", (scc) => {
        const text = `roleRef.name is "system:openshift:scc:${scc}", which lets pods run under a privileged SCC. Accepted: SCCs such as restricted-v2 and nonroot-v2. To fix: set tool: regctl and no scc in multiarch:publisher${exempt(scc, "publisher-scc")}`;
        const bound = binding(`system:openshift:scc:${scc}`);
        expect(unprivileged.check(bound, {})).toEqual([text]);
        expect(
            unprivileged.check(binding(`system:openshift:scc:${scc}`, "ClusterRoleBinding"), {}),
        ).toEqual([text]);
        const exemption = { resource: "publisher-scc", allows: scc, reason: "tried" };
        expect(unprivileged.check(bound, { exemptions: [exemption] })).toEqual([]);
    });

    it("does not let an account be cluster-admin", () => {
        expect(unprivileged.check(binding("cluster-admin", "ClusterRoleBinding"), {})).toHaveLength(
            1,
        );
    });

    it.each([
        "system:openshift:scc:restricted-v2",
        "system:openshift:scc:nonroot-v2",
        "privileged",
        "anyuid",
        UNKNOWN,
    ])("lets an account have the role %p", (name) => {
        expect(unprivileged.check(binding(name), {})).toEqual([]);
    });

    it.each([
        [
            ["securitycontextconstraints"],
            ["use"],
            ["restricted-v2", "anyuid"],
            'the SCC "anyuid"',
            "anyuid",
        ],
        [["*"], ["*"], undefined, "every SCC", "*"],
        [["securitycontextconstraints"], ["use"], [], "every SCC", "*"],
    ])("does not let a role use one: %j %j %j", (resources, verbs, resourceNames, what, right) => {
        expect(unprivileged.check(role({ resources, verbs, resourceNames }), {})).toEqual([
            `rules[0] lets pods run under ${what}. Accepted: resourceNames with SCCs such as restricted-v2 and nonroot-v2. To fix: name only such SCCs${exempt(right, "user")}`,
        ]);
    });

    it.each([
        {
            resources: ["securitycontextconstraints"],
            verbs: ["use"],
            resourceNames: ["restricted-v2"],
        },
        { resources: ["securitycontextconstraints"], verbs: ["get"], resourceNames: ["anyuid"] },
        { resources: ["securitycontextconstraints"], verbs: ["use"], resourceNames: UNKNOWN },
        { resources: ["imagestreams/layers"], verbs: ["get"], resourceNames: ["anyuid"] },
    ])("lets a role have %j", (rule) => {
        expect(unprivileged.check(role(rule), {})).toEqual([]);
    });
});
