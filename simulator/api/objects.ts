import type { SimClock } from "../clock";
import { admitted, checkGrants, checkNamespace, checkNew, type Writer } from "./admission";
import { Ownership } from "./apply";
import { withDefaults } from "./defaults";
import { Deletion, type DeleteOptions, type Deleted } from "./deletion";
import { checkImmutable } from "./immutable";
import { asJson, asText, at, copied, isSame, timestamp } from "./json";
import { apiVersionOf, type Kind } from "./kinds";
import type { Names } from "./names";
import { pruned } from "./pruned";
import {
    alreadyExists,
    badRequest,
    conflict,
    invalid,
    MODIFIED,
    notFound,
    StatusError,
} from "./statusError";
import type { Store } from "./store";
import type { ApiObject, Metadata } from "./types";
import { checkBody, required, validate } from "./validation";

/** A write of an object: which one, by whom, and whether it is only tried. */
export interface Write extends Writer {
    readonly kind: Kind;
    readonly name: string;
    /** Who writes, as server-side apply tells managers apart. */
    readonly manager: string;
    readonly dryRun: boolean;
    /** Whether it is a server-side apply, which tells itself what it owns. */
    readonly isApply: boolean;
    /** `status`: nothing else is written. */
    readonly subresource: string | undefined;
}

/** Kinds whose specifications are counted by `metadata.generation` (seen with Kubernetes 1.36 and OpenShift 4.21). */
const COUNTED = ["apps", "batch", "build.openshift.io", "image.openshift.io"];

/** Creates, changes and deletes objects, as the API server does: defaults, admission, rules, versions. */
export class Objects {
    readonly ownership = new Ownership();
    private readonly deletion: Deletion;

    constructor(
        private readonly store: Store,
        private readonly clock: SimClock,
        private readonly names: Names,
    ) {
        this.deletion = new Deletion(store, () => clock.now());
        store.listen(({ type, object }) => {
            if (type === "DELETED") {
                this.ownership.forget(object);
            }
        });
    }

    /** An object. Throws a StatusError of 404 where there is none. */
    need(kind: Kind, namespace: string | undefined, name: string): ApiObject {
        const found = this.store.get(kind, namespace ?? "", name);
        if (found === undefined) {
            throw notFound(kind, name);
        }
        return found;
    }

    /** Adds an object. Throws a StatusError where the API refuses it. */
    create(write: Write, body: unknown): ApiObject {
        const { kind, namespace } = write;
        checkBody(kind, namespace, body);
        const named = this.named(kind, namespace, asJson(copied(body)) as unknown as ApiObject);
        checkNamespace(this.store, kind, write, named.metadata.name);
        const object = this.tidied(kind, admitted(this.store, kind, withDefaults(kind, named)));
        validate(kind, object);
        if (this.store.get(kind, namespace ?? "", object.metadata.name) !== undefined) {
            throw alreadyExists(kind, object.metadata.name);
        }
        checkNew(this.store, kind, object, write);
        if (write.dryRun) {
            return object;
        }
        const stored = this.store.put(kind, object);
        if (!write.isApply) {
            this.ownership.wrote(write.manager, undefined, stored);
        }
        this.deletion.collect(kind, stored);
        return stored;
    }

    /** Changes an object as the server itself does: no rules are asked. Throws a StatusError of 404 where there is none. */
    rewrite(
        kind: Kind,
        namespace: string | undefined,
        name: string,
        change: (object: ApiObject) => ApiObject,
    ): ApiObject {
        const before = this.need(kind, namespace, name);
        const after = change(before);
        if (isSame(before, after)) {
            return before;
        }
        const stored = this.store.put(kind, after);
        this.deletion.settle(kind, stored);
        return stored;
    }

    /**
     * Replaces an object by what `change` makes of it; one that stays the same keeps its version. Throws a StatusError of 404 where
     * there is none, of 409 where the change was made from an older version, and where the API refuses it.
     */
    update(write: Write, change: (object: ApiObject) => unknown): ApiObject {
        const { kind, namespace, name } = write;
        const before = this.need(kind, namespace, name);
        const body = change(before);
        checkBody(kind, namespace, body);
        const wanted = asJson(copied(body)) as unknown as ApiObject;
        checkIdentity(kind, before, wanted);
        const after = this.tidied(kind, next(write, before, withDefaults(kind, wanted)));
        if (write.subresource === undefined) {
            validate(kind, after);
            checkImmutable(kind, before, after);
        }
        if (isSame(before, after)) {
            return before;
        }
        if (write.subresource === undefined) {
            checkGrants(this.store, kind, after, write);
        }
        const isNewSpec = isCounted(kind) && !isSame(before.spec, after.spec);
        const generation = (before.metadata.generation ?? 1) + (isNewSpec ? 1 : 0);
        const changed = {
            ...after,
            metadata: { ...after.metadata, ...(isCounted(kind) && { generation }) },
        };
        if (write.dryRun) {
            return changed;
        }
        const stored = this.store.put(kind, changed);
        if (write.subresource !== "status" && !write.isApply) {
            this.ownership.wrote(write.manager, before, stored);
        }
        this.deletion.settle(kind, stored);
        return stored;
    }

    /** Applies a configuration; creates the object where there is none. Throws a StatusError of 409 for a field of others. */
    apply(write: Write, force: boolean, body: unknown): { object: ApiObject; isNew: boolean } {
        const { kind, namespace, name, manager } = write;
        if (manager === "") {
            throw badRequest(
                'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
            );
        }
        const config = copied(body);
        const found = this.store.get(kind, namespace ?? "", name);
        const object =
            found === undefined
                ? this.create(write, { ...asJson(config), metadata: metadataOf(config, name) })
                : this.update(write, (it) => this.ownership.applied(manager, force, it, config));
        if (!write.dryRun) {
            this.ownership.didApply(manager, found, object, config);
        }
        return { object, isNew: found === undefined };
    }

    /** Deletes an object. Throws a StatusError of 404 where there is none, and of 409 for another one than is meant. */
    delete({ kind, namespace, name, dryRun }: Write, options: DeleteOptions): Deleted {
        const object = this.need(kind, namespace, name);
        return dryRun ? { object, isGone: true } : this.deletion.delete(kind, object, options);
    }

    /** Gives a new object its name, and what only the server gives. */
    private named(kind: Kind, namespace: string | undefined, object: ApiObject): ApiObject {
        const given = asJson(object.metadata) as unknown as Partial<Metadata>;
        const base = given.generateName ?? "";
        const name = given.name ?? (base === "" ? "" : this.names.generated(base));
        if (name === "") {
            throw invalid(kind, "", [
                required("metadata.name", "name or generateName is required"),
            ]);
        }
        if (given.resourceVersion !== undefined && given.resourceVersion !== "") {
            throw badRequest("resourceVersion should not be set on objects to be created");
        }
        const { generateName, labels, annotations, ownerReferences, finalizers } = given;
        return {
            ...object,
            apiVersion: apiVersionOf(kind),
            kind: kind.kind,
            metadata: {
                name,
                ...(generateName !== undefined && { generateName }),
                ...(namespace !== undefined && { namespace }),
                uid: this.names.uid(),
                ...(isCounted(kind) && { generation: 1 }),
                creationTimestamp: timestamp(this.clock.now()),
                ...(labels !== undefined && { labels }),
                ...(annotations !== undefined && { annotations }),
                ...(ownerReferences !== undefined && { ownerReferences }),
                ...(finalizers !== undefined && { finalizers }),
            },
            ...(kind.bornWithStatus ? {} : { status: undefined }),
        };
    }

    private tidied(kind: Kind, object: ApiObject): ApiObject {
        return pruned(object, kind.group.endsWith("openshift.io")) as ApiObject;
    }
}

function isCounted({ group, plural }: Kind): boolean {
    return (COUNTED.includes(group) && plural !== "images") || (group === "" && plural === "pods");
}

function metadataOf(config: unknown, name: string): object {
    return { ...asJson(at(config, "metadata")), name };
}

/** Throws a StatusError where a change is meant for another object, or made from an older version of it. */
function checkIdentity(kind: Kind, before: ApiObject, wanted: ApiObject): void {
    const { name, uid, resourceVersion } = asJson(wanted.metadata) as Partial<Metadata>;
    if (name !== undefined && name !== before.metadata.name) {
        throw badRequest(
            `the name of the object (${name}) does not match the name on the URL (${before.metadata.name})`,
        );
    }
    if (uid !== undefined && uid !== before.metadata.uid) {
        const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid ?? ""}`;
        throw conflict(kind, before.metadata.name, why);
    }
    if (
        resourceVersion !== undefined &&
        resourceVersion !== "" &&
        resourceVersion !== before.metadata.resourceVersion
    ) {
        throw conflict(kind, before.metadata.name, MODIFIED);
    }
}

/** The object after a change: of its status or of the rest, with the metadata that nobody changes. */
function next({ kind, subresource }: Write, before: ApiObject, wanted: ApiObject): ApiObject {
    const { labels, annotations, ownerReferences, finalizers } = asJson(
        wanted.metadata,
    ) as Partial<Metadata>;
    const { metadata } = before;
    if (subresource === "status") {
        return { ...before, status: wanted.status ?? {} };
    }
    if (
        metadata.deletionTimestamp !== undefined &&
        (finalizers ?? []).some((it) => !(metadata.finalizers ?? []).includes(it))
    ) {
        throw new StatusError(
            422,
            "Invalid",
            `${kind.kind} "${metadata.name}" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted`,
        );
    }
    const fixed = { ...metadata, labels, annotations, ownerReferences, finalizers };
    return {
        ...wanted,
        apiVersion: apiVersionOf(kind),
        kind: kind.kind,
        metadata: fixed,
        ...(kind.status ? { status: before.status } : {}),
    };
}

/** The manager that a request names, or the program that sends it. */
export function managerOf(query: URLSearchParams, agent: string | undefined): string {
    return asText(query.get("fieldManager")) ?? (agent ?? "").split("/")[0] ?? "";
}
