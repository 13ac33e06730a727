import type { Question, Registration } from "../engine/monitor";
import type { RecordedResource } from "./recording";

/** `KIND NAME` of a resource, out of its URN. */
export function keyOf(urn: string): string {
    const [, , types = "", name = ""] = urn.split("::");
    const [provider = "", , kind = ""] = (types.split("$").at(-1) ?? "").split(":");
    return `${provider === "pulumi" ? `Provider(${kind})` : kind} ${name}`;
}

/** Types of the components around a resource, in its URN. */
export function parentOf(urn: string): string {
    return urn.split("::")[2] ?? "";
}

/** `FUNCTION REPOSITORY`: the tag and the digest of what is looked up are in its inputs. */
export function questionKey({ token, inputs }: Question): string {
    const repository = String(inputs["name"])
        .replace(/@.*$/, "")
        .replace(/:[^/]*$/, "");
    return `${token.split(":").at(-1) ?? token} ${repository}`;
}

/** What sort of resource it is. */
export function roleOf({ custom, type }: Registration): RecordedResource["role"] {
    if (!custom) {
        return "component";
    }
    if (type.startsWith("pulumi:providers:")) {
        return "provider";
    }
    return type.startsWith("kubernetes:") ? "object" : "command";
}
