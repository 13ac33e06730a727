import { asJson, asObjects, at, isSame } from "./json";
import type { Kind } from "./kinds";
import { type Cause, invalid } from "./statusError";
import type { ApiObject, Json } from "./types";
import { untouchable, wrong } from "./validation";

const IMMUTABLE = "field is immutable";
const POD_CHANGES =
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** Throws a StatusError of 422 where an update changes what never changes, in the words of Kubernetes 1.36. */
export function checkImmutable(kind: Kind, before: ApiObject, after: ApiObject): void {
    const causes = causesOf(kind, before, after);
    if (causes.length > 0) {
        throw invalid(kind, before.metadata.name, causes);
    }
}

function causesOf(kind: Kind, before: ApiObject, after: ApiObject): Cause[] {
    switch (kind.kind) {
        case "Pod":
            return isSame(podFixed(before), podFixed(after))
                ? []
                : [untouchable("spec", POD_CHANGES)];
        case "Job":
            return [
                ...fixed(before, after, IMMUTABLE, "spec", "completions"),
                ...fixed(before, after, IMMUTABLE, "spec", "selector"),
                ...(at(after, "spec", "suspend") === true
                    ? []
                    : fixed(before, after, IMMUTABLE, "spec", "template")),
                ...fixed(before, after, IMMUTABLE, "spec", "completionMode"),
                ...fixed(before, after, IMMUTABLE, "spec", "podFailurePolicy"),
            ];
        case "Deployment":
        case "ReplicaSet":
            return fixed(before, after, IMMUTABLE, "spec", "selector");
        case "Secret":
            return [...fixed(before, after, IMMUTABLE, "type"), ...sealed(before, after, ["data"])];
        case "ConfigMap":
            return sealed(before, after, ["data", "binaryData"]);
        case "RoleBinding":
        case "ClusterRoleBinding":
            return fixed(before, after, "cannot change roleRef", "roleRef");
        case "Service":
            return service(before, after);
        case "Build":
            return isSame(buildFixed(before), buildFixed(after))
                ? []
                : [
                      wrong(
                          "spec",
                          'content of spec is not printed out, please refer to the "details"',
                          "spec is immutable",
                      ),
                  ];
        case "BuildConfig": {
            const [was, is] = [before, after].map((it) => Number(at(it, "status", "lastVersion")));
            return is !== undefined && was !== undefined && is < was
                ? [
                      wrong(
                          "status.lastVersion",
                          is,
                          "must be greater than or equal to the previous value",
                      ),
                  ]
                : [];
        }
        case "PersistentVolumeClaim":
            return isSame(before.spec, after.spec)
                ? []
                : [
                      untouchable(
                          "spec",
                          "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
                      ),
                  ];
        default:
            return [];
    }
}

function fixed(before: ApiObject, after: ApiObject, why: string, ...path: string[]): Cause[] {
    const [was, is] = [at(before, ...path), at(after, ...path)];
    return isSame(was, is) ? [] : [wrong(path.join("."), is ?? null, why)];
}

function sealed(before: ApiObject, after: ApiObject, fields: readonly string[]): Cause[] {
    if (before["immutable"] !== true) {
        return [];
    }
    const why = "field is immutable when `immutable` is set";
    return [
        ...(after["immutable"] === true ? [] : [untouchable("immutable", why)]),
        ...fields
            .filter((field) => !isSame(before[field] ?? {}, after[field] ?? {}))
            .map((field) => untouchable(field, why)),
    ];
}

function service(before: ApiObject, after: ApiObject): Cause[] {
    const [was, is] = [at(before, "spec", "clusterIP"), at(after, "spec", "clusterIP")];
    const isInternal = at(after, "spec", "type") !== "ExternalName";
    return isInternal && was !== undefined && was !== is
        ? [wrong("spec.clusterIPs[0]", [is ?? ""], "may not change once set")]
        : [];
}

/** Of a build what never changes: all but what its controller finds out, where it goes and which commit it is (seen with 4.21). */
function buildFixed({ spec }: ApiObject): Json {
    return { ...asJson(spec), output: undefined, revision: undefined, triggeredBy: undefined };
}

/** Of a pod what never changes: all but its images, its deadline and further tolerations. */
function podFixed({ spec }: ApiObject): Json {
    const own = asJson(spec);
    const images = (list: unknown) => asObjects(list).map((it) => ({ ...it, image: undefined }));
    return {
        ...own,
        containers: images(own["containers"]),
        initContainers: images(own["initContainers"]),
        activeDeadlineSeconds: undefined,
        tolerations: undefined,
    };
}
