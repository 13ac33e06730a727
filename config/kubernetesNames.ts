import { z } from "zod";

import { section, text } from "./fields";
import { parseQuantity } from "./quantity";

/** Names and amounts as the Kubernetes API takes them (k8s.io/apimachinery, pkg/util/validation). */

const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${label}(?:\\.${label})*$`);

/** A DNS-1123 label of at most `length` characters. */
export function dnsLabel(length = 63) {
    return text(
        `a name of at most ${length} lower-case letters, digits and "-", with no "-" at either end`,
        (value) => value.length <= length && labelPattern.test(value),
    );
}

/** The name of a Secret, a ServiceAccount or another object: a DNS-1123 subdomain. */
export function objectName(what: string) {
    return text(
        `the name of ${what}, of at most 253 lower-case letters, digits, "-" and "."`,
        (value) => value.length <= 253 && subdomainPattern.test(value),
    );
}

/** A key of a Secret or ConfigMap. */
export function dataKey() {
    return text(
        'a key of at most 253 letters, digits, "-", "_" and "."',
        (value) => /^[\w.-]{1,253}$/.test(value) && !/^\.{1,2}$/.test(value),
    );
}

/** A label's value. */
export function labelValue() {
    return text(
        'a label of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
        (value) => value.length <= 63 && /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/.test(value),
    );
}

/** The name of a port: an IANA service name. */
export function portName() {
    return text(
        'a port name of at most 15 lower-case letters, digits and single "-", with at least one letter',
        (value) => /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value),
    );
}

/** Whether a container can have an environment variable of this name. */
export function isEnvName(name: string): boolean {
    return /^[A-Za-z_.-][\w.-]*$/.test(name) && !/^\.{1,2}$/.test(name);
}

/** What {@link isEnvName} accepts. */
export const envNameAccepted =
    'a variable name of letters, digits, "_", "-" and ".", not beginning with a digit';

const quantityAccepted = 'an amount such as "500m" (CPUs) or "128Mi" (bytes)';

/** An amount of CPU or memory. YAML takes `1` for a number, so numbers are taken too. */
export const quantity = z
    .union([z.string(), z.number()], { error: quantityAccepted })
    .transform(String)
    .refine((value) => parseQuantity(value) !== undefined, { error: quantityAccepted });

/** An amount of memory: whole bytes, as Kubernetes takes `512m` for half of one. */
export const memory = quantity.refine((value) => Number.isInteger(parseQuantity(value) ?? 0), {
    error: 'an amount of whole bytes, such as "512Mi"; "m" is a thousandth',
});

/** CPU and memory of a container, as far as a stack gives them. */
export interface Resources {
    /** What the scheduler sets aside. */
    readonly requests?: Amounts;
    /** What the container may not exceed. */
    readonly limits?: Amounts;
}

/** An amount of CPU and one of memory. */
export interface Amounts {
    /** In CPUs, e.g. `100m`. */
    readonly cpu?: string;
    /** In bytes, e.g. `128Mi`. */
    readonly memory?: string;
}

/** CPU and memory of a container, with nothing set unless the stack sets it. */
export function resources() {
    const amounts = () =>
        section({
            /** CPUs, e.g. `500m`. */
            cpu: quantity.optional(),
            /** Bytes, e.g. `512Mi`. */
            memory: memory.optional(),
        }).optional();
    return section({
        /** What the scheduler sets aside for the container. */
        requests: amounts(),
        /** What the container may not exceed. */
        limits: amounts(),
    }).superRefine(requestsWithinLimits);
}

/** CPU and memory of a container, where `defaults` stands for whatever the stack leaves out. */
export function resourcesFrom(defaults: Record<keyof Resources, Required<Amounts>>) {
    const amounts = (of: Required<Amounts>) =>
        section({
            /** CPUs, e.g. `500m`. */
            cpu: quantity.default(of.cpu),
            /** Bytes, e.g. `512Mi`. */
            memory: memory.default(of.memory),
        }).prefault({});
    return section({
        /** What the scheduler sets aside for the container. */
        requests: amounts(defaults.requests),
        /** What the container may not exceed. */
        limits: amounts(defaults.limits),
    })
        .superRefine(requestsWithinLimits)
        .prefault({});
}

function requestsWithinLimits(
    { requests, limits }: Resources,
    context: z.RefinementCtx<Resources>,
) {
    for (const kind of ["cpu", "memory"] as const) {
        const request = parseQuantity(requests?.[kind] ?? "");
        const limit = parseQuantity(limits?.[kind] ?? "");
        if (request !== undefined && limit !== undefined && request > limit) {
            context.addIssue({
                code: "custom",
                path: ["requests", kind],
                message: `at most limits.${kind}, which is ${limits?.[kind] ?? ""}`,
            });
        }
    }
}
