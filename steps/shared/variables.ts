import * as z from "zod";

/** Which cluster to talk to. */
export interface ClusterChoice {
    kubeconfig: string | undefined;
    context: string | undefined;
}

/** A name of a Kubernetes object. */
export const name = z
    .string("is not set")
    .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "must be a Kubernetes name");

/** An architecture, as Kubernetes names it. */
export const architecture = z.string("is not set").regex(/^[a-z0-9]{1,20}$/, "must be like amd64");

/** A time limit. */
export const seconds = z
    .string("is not set")
    .regex(/^[1-9]\d{0,5}$/, "must be a whole number of seconds, 1 to 999999")
    .transform(Number);

const optionalText = z
    .string()
    .optional()
    .transform((value) => (value === "" ? undefined : value));

/** The variables of every program: which cluster. */
export const cluster = { MULTIARCH_CONTEXT: optionalText, MULTIARCH_KUBECONFIG: optionalText };

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The cluster that the variables name. */
export function choiceFrom(value: {
    MULTIARCH_CONTEXT: string | undefined;
    MULTIARCH_KUBECONFIG: string | undefined;
}): ClusterChoice {
    return { context: value.MULTIARCH_CONTEXT, kubeconfig: value.MULTIARCH_KUBECONFIG };
}

/** The variables that a program reads; what is wrong with them is told by name, all at once. */
export function parse<S extends z.ZodType>(schema: S, environment: Environment): z.infer<S> {
    const parsed = schema.safeParse(environment);
    if (parsed.success) {
        return parsed.data;
    }
    // Values are not repeated: one of them may be a kubeconfig.
    const problems = parsed.error.issues.map(({ path, message }) => {
        const [variable, ...inner] = path.map(String);
        return [variable ?? "", ...inner].join(" ") + `: ${message}`;
    });
    throw new Error(problems.join("\n"));
}
