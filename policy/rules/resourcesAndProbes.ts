import { type Rule, violation } from "../rule";
import { at, isEmpty, UNKNOWN } from "../values";
import { podOf } from "../workloads";

/** The scheduler knows what a pod takes, and the kubelet how it is. */
export const resourcesAndProbes: Rule = {
    name: "resources-and-probes",
    description: "Containers have requests and limits; those of services also have both probes.",
    level: "advisory",
    check: (resource) => {
        const pod = podOf(resource);
        return (pod?.containers ?? []).flatMap(({ path, main, spec }) => [
            ...["requests", "limits"].flatMap((kind) =>
                ["cpu", "memory"]
                    .filter((what) => isMissing(at(spec, "resources", kind, what)))
                    .map((what) =>
                        violation({
                            wrong: `${path}.resources.${kind}.${what} is not set`,
                            accepted: "cpu and memory in requests and in limits",
                            fix:
                                pod?.ends === true
                                    ? "set resources in multiarch:publisher"
                                    : "set resources in the image's application in multiarch:images",
                        }),
                    ),
            ),
            ...["readinessProbe", "livenessProbe"]
                .filter((probe) => main && pod?.ends === false && isMissing(spec[probe]))
                .map((probe) =>
                    violation({
                        wrong: `${path}.${probe} is not set`,
                        accepted:
                            "a readinessProbe and a livenessProbe for each container of a service",
                        fix: "set probe in the image's application in multiarch:images",
                    }),
                ),
        ]);
    },
};

function isMissing(value: unknown): boolean {
    return value !== UNKNOWN && isEmpty(value);
}
