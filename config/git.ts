import { z } from "zod";

import { section, text } from "./fields";
import { gitRefAccepted, isCommit, isGitRef } from "./gitRef";
import { gitUrlAccepted, gitUrlProblem } from "./gitUrl";
import { objectName } from "./kubernetesNames";

/** Where the source of an image comes from. */
export const gitSource = section({
    /** URL that both this machine (to find the commit) and the cluster (to clone) can reach. */
    url: z.string({ error: gitUrlAccepted }).superRefine((url, context) => {
        const message = gitUrlProblem(url);
        if (message !== undefined) {
            context.addIssue({ code: "custom", message });
        }
    }),
    /** Branch or tag; each preview looks up the commit that it points to. */
    ref: text(gitRefAccepted, isGitRef).default("main"),
    /** Full ID of the commit to build, in place of what the ref points to: nothing is looked up. */
    commit: text("a full commit ID of 40 hexadecimal digits in lower case", isCommit).optional(),
    /** Existing Secret in the namespace with which the cluster clones. */
    sourceSecret: objectName("a Secret").optional(),
});

/** Where the source of an image comes from. */
export type GitSource = z.output<typeof gitSource>;
