import { z } from "zod";

import { choice, uniqueList } from "./fields";

/** Architectures that OpenShift runs on, by their names in Go and in `kubernetes.io/arch`. */
const architecture = choice(["amd64", "arm64", "ppc64le", "s390x"]);

/** A CPU architecture, by its name in Go and in the node label `kubernetes.io/arch`. */
export type Architecture = z.output<typeof architecture>;

/** Architectures of one image. */
export const architectures = uniqueList(architecture, "architectures", { min: 1 });
