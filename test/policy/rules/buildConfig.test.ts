import { buildConfig } from "../../../policy/rules/buildConfig";
import { UNKNOWN } from "../../../policy/values";
import { resource } from "../resources";

const SPEC = {
    nodeSelector: { "kubernetes.io/arch": "arm64" },
    successfulBuildsHistoryLimit: 2,
    failedBuildsHistoryLimit: 2,
    completionDeadlineSeconds: 1800,
    source: { type: "Git", git: { uri: "https://git.example.com/shop.git", ref: "main" } },
};

function check(spec: unknown) {
    return buildConfig.check(
        resource("kubernetes:build.openshift.io/v1:BuildConfig", "api-arm64", { spec }),
        {},
    );
}

function git(changes: object) {
    return { ...SPEC, source: { type: "Git", git: { ...SPEC.source.git, ...changes } } };
}

it.each([
    [{ ...SPEC, nodeSelector: undefined }, "is not set"],
    [{ ...SPEC, nodeSelector: { "kubernetes.io/arch": "aarch64" } }, 'is "aarch64"'],
])("wants an architecture: %j", (spec, is) => {
    expect(check(spec)).toEqual([
        `spec.nodeSelector["kubernetes.io/arch"] ${is}. Accepted: amd64, arm64, ppc64le or s390x. To fix: set it in the BuildConfig's spec (components/buildConfigSpec.ts), or architectures in multiarch:images.`,
    ]);
});

it.each([
    ["successfulBuildsHistoryLimit", "successfulHistory"],
    ["failedBuildsHistoryLimit", "failedHistory"],
    ["completionDeadlineSeconds", "completionDeadlineSeconds"],
])("wants %s", (field, key) => {
    const text = (is: string) =>
        `spec.${field} is ${is}. Accepted: a whole number from 1. To fix: set ${key} in multiarch:build.`;
    expect(check({ ...SPEC, [field]: undefined })).toEqual([text("not set")]);
    expect(check({ ...SPEC, [field]: 0 })).toEqual([text("0")]);
    expect(check({ ...SPEC, [field]: UNKNOWN })).toEqual([]);
});

it("wants a Git source", () => {
    const fix = "Accepted: a source of type Git with its uri. To fix: set url in multiarch:git.";
    const binary = { type: "Binary", git: SPEC.source.git };
    expect(check({ ...SPEC, source: binary })).toEqual([`spec.source.type is "Binary". ${fix}`]);
    expect(check(git({ uri: undefined }))).toEqual([`spec.source.git.uri is not set. ${fix}`]);
});

it.each([
    undefined,
    "",
    "-f",
    "main~1",
    "main..next",
    "a b",
    "HEAD@{1}",
    "/main",
    "main/",
    "refs/*",
])("wants a ref that names one commit, not %p", (ref) => {
    expect(check(git({ ref }))).toEqual([
        `spec.source.git.ref is ${ref === undefined ? "not set" : JSON.stringify(ref)}. Accepted: a branch, a tag or a commit, which names one commit. To fix: set ref in multiarch:git.`,
    ]);
});

it.each([
    "main",
    "feature/phase2_services",
    "v0.1.0",
    "0123456789abcdef0123456789abcdef01234567",
    UNKNOWN,
])("accepts the ref %p", (ref) => {
    expect(check(git({ ref }))).toEqual([]);
});

it("wants no triggers", () => {
    const triggers = [{ type: "ConfigChange" }, { type: "ImageChange", imageChange: {} }];
    expect(check({ ...SPEC, triggers })).toEqual([
        'spec.triggers has "ConfigChange", "ImageChange". Accepted: no triggers: builds that nobody follows would move the tags. To fix: remove triggers from the BuildConfig\'s spec.',
    ]);
});

it.each([
    SPEC,
    { ...SPEC, triggers: [] },
    { ...SPEC, triggers: UNKNOWN, nodeSelector: UNKNOWN, source: UNKNOWN },
    UNKNOWN,
])("accepts %p", (spec) => {
    expect(check(spec)).toEqual([]);
});

it("finds all faults of an empty BuildConfig", () => {
    expect(check({})).toHaveLength(6);
});

it("leaves other resources alone", () => {
    expect(
        buildConfig.check(
            resource("kubernetes:build.openshift.io/v1:Build", "a", { spec: {} }),
            {},
        ),
    ).toEqual([]);
});
