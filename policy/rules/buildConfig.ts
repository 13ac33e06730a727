import { type Rule, violation } from "../rule";
import { at, isEmpty, listOf, shown, UNKNOWN } from "../values";
import { kindOf } from "../workloads";

/** Architectures that OpenShift runs on, see components/architecture.ts. */
const ARCHITECTURES: readonly unknown[] = ["amd64", "arm64", "ppc64le", "s390x"];

const NUMBERS = [
    ["successfulBuildsHistoryLimit", "successfulHistory"],
    ["failedBuildsHistoryLimit", "failedHistory"],
    ["completionDeadlineSeconds", "completionDeadlineSeconds"],
] as const;

/** A build is of one commit, for one architecture, ends, and is started by the stack alone. */
export const buildConfig: Rule = {
    name: "build-config",
    description:
        "BuildConfigs are bound to an architecture and a Git ref, limited, and without triggers.",
    level: "mandatory",
    check: (resource) => {
        if (kindOf(resource) !== "BuildConfig") {
            return [];
        }
        const spec = at(resource.props, "spec");
        if (spec === UNKNOWN) {
            return [];
        }
        const architecture = at(spec, "nodeSelector", "kubernetes.io/arch");
        const source = at(spec, "source", "type");
        const uri = at(spec, "source", "git", "uri");
        const ref = at(spec, "source", "git", "ref");
        const triggers = at(spec, "triggers");
        return [
            ...(architecture === UNKNOWN || ARCHITECTURES.includes(architecture)
                ? []
                : [
                      violation({
                          wrong: `spec.nodeSelector["kubernetes.io/arch"] is ${shown(architecture)}`,
                          accepted: "amd64, arm64, ppc64le or s390x",
                          fix: "set it in the BuildConfig's spec (components/buildConfigSpec.ts), or architectures in multiarch:images",
                      }),
                  ]),
            ...NUMBERS.flatMap(([field, key]) => {
                const value = at(spec, field);
                return value === UNKNOWN || (typeof value === "number" && value >= 1)
                    ? []
                    : violation({
                          wrong: `spec.${field} is ${shown(value)}`,
                          accepted: "a whole number from 1",
                          fix: `set ${key} in multiarch:build`,
                      });
            }),
            ...(source === UNKNOWN || (source === "Git" && (uri === UNKNOWN || !isEmpty(uri)))
                ? []
                : [
                      violation({
                          wrong:
                              source === "Git"
                                  ? "spec.source.git.uri is not set"
                                  : `spec.source.type is ${shown(source)}`,
                          accepted: "a source of type Git with its uri",
                          fix: "set url in multiarch:git",
                      }),
                  ]),
            ...(ref === UNKNOWN || isRef(ref)
                ? []
                : [
                      violation({
                          wrong: `spec.source.git.ref is ${shown(ref)}`,
                          accepted: "a branch, a tag or a commit, which names one commit",
                          fix: "set ref in multiarch:git",
                      }),
                  ]),
            ...(triggers === UNKNOWN || isEmpty(triggers)
                ? []
                : [
                      violation({
                          wrong: `spec.triggers has ${listOf(triggers)
                              .map((trigger) => shown(at(trigger, "type")))
                              .join(", ")}`,
                          accepted: "no triggers: builds that nobody follows would move the tags",
                          fix: "remove triggers from the BuildConfig's spec",
                      }),
                  ]),
        ];
    },
};

/** Roughly git-check-ref-format(1); config/gitRef.ts is exact, and a stack's own refs have passed it. */
function isRef(ref: unknown): boolean {
    return (
        typeof ref === "string" &&
        // eslint-disable-next-line no-control-regex -- control characters are what it looks for
        /^(?![-./])[^\u0000-\u0020\u007f~^:?*[\\]+$/.test(ref) &&
        !/\.\.|@\{|\/\/|[./]$/.test(ref)
    );
}
