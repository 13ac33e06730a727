import { z } from "zod";

import { section, text } from "./fields";
import { isEnvName, objectName } from "./kubernetesNames";

/** Sources of environment variables, all keys of each. Of a name that two of them have, the later one's value counts. */
export const environmentSources = z
    .array(
        section({
            /** Name of the ConfigMap; either this or `secret`. */
            configMap: objectName("a ConfigMap").optional(),
            /** Name of the Secret; either this or `configMap`. */
            secret: objectName("a Secret").optional(),
            /** What goes before each key to make the variable's name. */
            prefix: text(
                'letters, digits and "_", not beginning with a digit',
                isEnvName,
            ).optional(),
        }).superRefine(({ configMap, secret }, context) => {
            if ((configMap === undefined) === (secret === undefined)) {
                context.addIssue({
                    code: "custom",
                    message: "either configMap or secret",
                });
            }
        }),
        { error: "a list of ConfigMaps and Secrets" },
    )
    .readonly();
