import { type Rule, violation } from "../rule";
import { at, entriesOf, listOf, type Resource, shown, UNKNOWN } from "../values";
import { kindOf, podOf } from "../workloads";

/** A right that one resource may have nevertheless. */
interface Exemption {
    /** Pulumi's name of the resource. */
    readonly resource: string;
    /** Name of the SCC or of the faulted field. */
    readonly allows: string;
    readonly reason: string;
}

interface Config {
    readonly exemptions?: readonly Exemption[];
}

/** A fault, and what an exemption calls it. */
interface Fault {
    readonly right: string;
    readonly text: string;
}

/** OpenShift's own SCCs that let a pod be more than any pod: authentication/managing-security-context-constraints. */
const PRIVILEGED_SCC =
    /^(?:privileged|anyuid|hostaccess|hostmount-anyuid(?:-v2)?|hostnetwork(?:-v2)?|node-exporter)$/;

/** No workload is privileged, or may become so. */
export const unprivileged: Rule<Config> = {
    name: "unprivileged",
    description: "No container is privileged, and no account may use a privileged SCC.",
    level: "mandatory",
    settings: {
        exemptions: {
            type: "array",
            default: [],
            description: "Rights that single resources may have nevertheless.",
            items: {
                type: "object",
                required: ["resource", "allows", "reason"],
                additionalProperties: false,
                properties: {
                    resource: { type: "string", minLength: 1 },
                    allows: { type: "string", minLength: 1 },
                    reason: { type: "string", minLength: 1 },
                },
            },
        },
    },
    check: (resource, { exemptions = [] }) =>
        [...podFaults(resource), ...bindingFaults(resource), ...roleFaults(resource)]
            .filter(
                ({ right }) =>
                    !exemptions.some(
                        ({ resource: name, allows }) => name === resource.name && allows === right,
                    ),
            )
            .map(({ text }) => text),
};

function fault(
    resource: Resource,
    right: string,
    words: { readonly wrong: string; readonly accepted: string; readonly fix: string },
): Fault {
    const exempt = `or add {"resource": ${shown(resource.name)}, "allows": ${shown(right)}, "reason": ...} to exemptions of unprivileged in policy-config.json`;
    return { right, text: violation({ ...words, fix: `${words.fix}, ${exempt}` }) };
}

function podFaults(resource: Resource): readonly Fault[] {
    const pod = podOf(resource);
    if (pod === undefined) {
        return [];
    }
    const shared = ["hostNetwork", "hostPID", "hostIPC"]
        .filter((key) => pod.spec[key] === true)
        .map((key) =>
            fault(resource, key, {
                wrong: `${pod.path}.${key} is true`,
                accepted: "false, or not set",
                fix: "remove it from the pod's spec",
            }),
        );
    const hostPaths = listOf(pod.spec["volumes"]).flatMap((volume, index) =>
        at(volume, "hostPath") === undefined
            ? []
            : fault(resource, "hostPath", {
                  wrong: `${pod.path}.volumes[${index}] is a folder of the node, ${shown(at(volume, "hostPath", "path"))}`,
                  accepted: "volumes without hostPath",
                  fix: "use an emptyDir, a ConfigMap, a Secret or a claim",
              }),
    );
    const images = listOf(pod.spec["volumes"]).flatMap((volume, index) =>
        at(volume, "image") === undefined
            ? []
            : fault(resource, "imageVolume", {
                  wrong: `${pod.path}.volumes[${index}] is an image, ${shown(at(volume, "image", "reference"))}`,
                  accepted: "volumes without image",
                  fix: "copy what it holds into the container's own image",
              }),
    );
    const ports = pod.containers.flatMap(({ path, spec }) =>
        listOf(spec["ports"]).flatMap((port, index) => {
            const number = at(port, "hostPort");
            return typeof number !== "number" || number === 0
                ? []
                : fault(resource, "hostPort", {
                      wrong: `${path}.ports[${index}].hostPort is ${number}`,
                      accepted: "not set",
                      fix: "remove it, and use a Service",
                  });
        }),
    );
    const procMounts = pod.containers.flatMap(({ path, spec }) => {
        const mount = at(spec["securityContext"], "procMount");
        return mount === undefined || mount === UNKNOWN || mount === "Default"
            ? []
            : fault(resource, "procMount", {
                  wrong: `${path}.securityContext.procMount is ${shown(mount)}`,
                  accepted: '"Default", or not set',
                  fix: "remove it from the container's securityContext",
              });
    });
    return [
        ...shared,
        ...hostPaths,
        ...images,
        ...ports,
        ...procMounts,
        ...pod.containers.flatMap(({ path, spec }) =>
            containerFaults(resource, `${path}.securityContext`, spec["securityContext"]),
        ),
    ];
}

function containerFaults(resource: Resource, path: string, context: unknown): readonly Fault[] {
    // It has every other right too.
    if (at(context, "privileged") === true) {
        return [
            fault(resource, "privileged", {
                wrong: `${path}.privileged is true`,
                accepted: "false, or not set",
                fix: "set scc in multiarch:publisher to restricted-v2 (regctl) or anyuid (buildah), or remove the line",
            }),
        ];
    }
    const escalation = at(context, "allowPrivilegeEscalation");
    const drop = at(context, "capabilities", "drop");
    const add = at(context, "capabilities", "add");
    const added = listOf(add).filter((name) => name !== UNKNOWN && name !== "NET_BIND_SERVICE");
    return [
        ...(escalation === false || escalation === UNKNOWN
            ? []
            : [
                  fault(resource, "allowPrivilegeEscalation", {
                      wrong: `${path}.allowPrivilegeEscalation is ${shown(escalation)}`,
                      accepted: "false",
                      fix: "set it to false in the container's securityContext",
                  }),
              ]),
        ...(drop === UNKNOWN || listOf(drop).some((name) => name === "ALL" || name === UNKNOWN)
            ? []
            : [
                  fault(resource, "capabilities", {
                      wrong: `${path}.capabilities.drop is ${shown(drop)}`,
                      accepted: '["ALL"]',
                      fix: 'set it to ["ALL"] in the container\'s securityContext',
                  }),
              ]),
        ...(added.length === 0
            ? []
            : [
                  fault(resource, "capabilities", {
                      wrong: `${path}.capabilities.add is ${shown(added)}`,
                      accepted: "no capability but NET_BIND_SERVICE",
                      fix: "remove it from the container's securityContext",
                  }),
              ]),
    ];
}

function bindingFaults(resource: Resource): readonly Fault[] {
    const kind = kindOf(resource);
    if (kind !== "RoleBinding" && kind !== "ClusterRoleBinding") {
        return [];
    }
    const role = at(resource.props, "roleRef", "name");
    const scc =
        typeof role === "string" ? /^system:openshift:scc:(.+)$/.exec(role)?.[1] : undefined;
    const right = role === "cluster-admin" ? role : scc;
    if (right === undefined || (role !== "cluster-admin" && !PRIVILEGED_SCC.test(right))) {
        return [];
    }
    return [
        fault(resource, right, {
            wrong: `roleRef.name is ${shown(role)}, which lets pods run under a privileged SCC`,
            accepted: "SCCs such as restricted-v2 and nonroot-v2",
            fix: "set tool: regctl and no scc in multiarch:publisher",
        }),
    ];
}

function roleFaults(resource: Resource): readonly Fault[] {
    const kind = kindOf(resource);
    if (kind !== "Role" && kind !== "ClusterRole") {
        return [];
    }
    return listOf(at(resource.props, "rules")).flatMap((rule, index) => {
        const { resources, verbs, resourceNames } = entriesOf(rule);
        const uses =
            listOf(resources).some(
                (name) => name === "securitycontextconstraints" || name === "*",
            ) && listOf(verbs).some((verb) => verb === "use" || verb === "*");
        if (!uses || resourceNames === UNKNOWN) {
            return [];
        }
        // No name, and none in the list, both mean all (rbac.authorization.k8s.io/v1, PolicyRule).
        const names = listOf(resourceNames);
        const sccs = names.length === 0 ? ["*"] : names;
        return sccs
            .filter((scc) => typeof scc === "string")
            .filter((scc) => scc === "*" || PRIVILEGED_SCC.test(scc))
            .map((scc) =>
                fault(resource, scc, {
                    wrong: `rules[${index}] lets pods run under ${scc === "*" ? "every SCC" : `the SCC ${shown(scc)}`}`,
                    accepted: "resourceNames with SCCs such as restricted-v2 and nonroot-v2",
                    fix: "name only such SCCs",
                }),
            );
    });
}
