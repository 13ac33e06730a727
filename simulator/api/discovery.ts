import { type Kind, KINDS } from "./kinds";
import type { Json } from "./types";

/** The version that the simulated cluster says it is: the one whose behaviour was recorded (November 2026). */
export const VERSION = {
    major: "1",
    minor: "36",
    gitVersion: "v1.36.2",
    gitTreeState: "clean",
    goVersion: "go1.26",
    compiler: "gc",
    platform: "linux/amd64",
};

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** Subresources and what is no stored object, by group: path, kind, verbs. */
const OTHERS: readonly (readonly [group: string, name: string, kind: string, verbs: string[]])[] = [
    ["", "pods/log", "Pod", ["get"]],
    ["", "pods/binding", "Binding", ["create"]],
    ["", "pods/eviction", "Eviction", ["create"]],
    ["authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", ["create"]],
    ["authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview", ["create"]],
    ["build.openshift.io", "buildconfigs/instantiate", "BuildRequest", ["create"]],
    ["build.openshift.io", "builds/log", "BuildLog", ["get"]],
    ["image.openshift.io", "imagestreamtags", "ImageStreamTag", ["get", "list", "delete"]],
    ["image.openshift.io", "imagestreamimages", "ImageStreamImage", ["get"]],
    ["project.openshift.io", "projects", "Project", ["get", "list", "delete"]],
    ["project.openshift.io", "projectrequests", "ProjectRequest", ["create"]],
];

/** What is no group's resource of a namespace. */
const CLUSTERS = [
    "projects",
    "projectrequests",
    "selfsubjectaccessreviews",
    "selfsubjectrulesreviews",
];

function groupNames(): string[] {
    const all = [...KINDS.map(({ group }) => group), ...OTHERS.map(([group]) => group)];
    return [...new Set(all)].filter((group) => group !== "").sort();
}

/** Answers what clients ask first: which groups and kinds there are. Undefined for another path. */
export function discovery(path: string): Json | undefined {
    if (path === "/version") {
        return VERSION;
    }
    if (path === "/api") {
        const address = { clientCIDR: "0.0.0.0/0", serverAddress: "127.0.0.1" };
        return {
            kind: "APIVersions",
            versions: ["v1"],
            serverAddressByClientCIDRs: [address],
        };
    }
    if (path === "/apis") {
        return { kind: "APIGroupList", apiVersion: "v1", groups: groupNames().map(group) };
    }
    if (path === "/api/v1") {
        return resources("");
    }
    const [, name = "", version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (!groupNames().includes(name)) {
        return undefined;
    }
    return version === undefined
        ? { kind: "APIGroup", apiVersion: "v1", ...group(name) }
        : version === "v1"
          ? resources(name)
          : undefined;
}

function group(name: string): Json {
    const version = { groupVersion: `${name}/v1`, version: "v1" };
    return { name, versions: [version], preferredVersion: version };
}

function resources(group: string): Json {
    const kinds = KINDS.filter((it) => it.group === group);
    const others = OTHERS.filter(([own]) => own === group);
    return {
        kind: "APIResourceList",
        apiVersion: "v1",
        groupVersion: group === "" ? "v1" : `${group}/v1`,
        resources: [
            ...kinds.flatMap(resource),
            ...others.map(([, name, kind, verbs]) => ({
                name,
                singularName: "",
                namespaced: !CLUSTERS.includes(name),
                kind,
                verbs,
                ...(name === "pods/eviction" && { group: "policy", version: "v1" }),
            })),
        ],
    };
}

function resource({ plural, kind, namespaced, shortNames, status }: Kind): Json[] {
    const whole = {
        name: plural,
        singularName: kind.toLowerCase(),
        namespaced,
        kind,
        verbs: VERBS,
        ...(shortNames.length > 0 && { shortNames }),
        categories: ["pods", "services", "deployments", "replicasets", "jobs", "builds"].includes(
            plural,
        )
            ? ["all"]
            : [],
    };
    const part = {
        name: `${plural}/status`,
        singularName: "",
        namespaced,
        kind,
        verbs: ["get", "patch", "update"],
    };
    return status ? [whole, part] : [whole];
}
