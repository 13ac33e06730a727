import * as pulumi from "@pulumi/pulumi";

/** What a value is shown as that the engine does not know yet. */
export const UNKNOWN = "<unknown>";

/** What a secret value is shown as. */
export function secret(value: unknown) {
    return { secret: value };
}

/** One resource as the program registered it; other resources in it are named `TYPE NAME`. */
export interface Registration {
    /** Nothing for a resource of the stack itself. */
    readonly parent?: string;
    /** The resources that come first, sorted. */
    readonly dependencies: readonly string[];
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The explicit provider; nothing for the default one. */
    readonly provider?: string;
    /** Only when set. */
    readonly deleteBeforeReplace?: true;
    /** Only when set. */
    readonly timeouts?: { readonly create: string; readonly update: string };
}

/** A question to a provider. */
export interface Invoke {
    readonly token: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly provider?: string;
}

/** All that a program told the engine. */
export interface Recording {
    /** By `TYPE NAME`. */
    readonly registrations: Readonly<Record<string, Registration>>;
    readonly invokes: readonly Invoke[];
    /** What each component passed to `registerOutputs`, by `TYPE NAME`. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** What the program returned. */
    readonly result: unknown;
}

/** How the mocked engine answers. */
export interface Mocks {
    /** Properties that the provider adds to a resource's inputs, e.g. a Command's `stdout`. */
    readonly state?: (resource: {
        type: string;
        name: string;
    }) => Record<string, unknown> | Promise<Record<string, unknown>>;
    /** Answers by token; any other question is an error. */
    readonly calls?: Readonly<
        Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>
    >;
    /** Whether IDs and what providers add is unknown, as in a preview of a new stack. @default false */
    readonly preview?: boolean;
}

interface Struct {
    toJavaScript(): Record<string, unknown>;
}

interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getDependenciesList(): string[];
    getObject(): Struct | undefined;
    getProvider(): string;
    getDeletebeforereplace(): boolean;
    getCustomtimeouts(): { getCreate(): string; getUpdate(): string } | undefined;
}

interface OutputsRequest {
    getUrn(): string;
    getOutputs(): Struct | undefined;
}

interface Monitor {
    registerResource(request: RegisterRequest, ...rest: unknown[]): unknown;
    registerResourceOutputs(request: OutputsRequest, ...rest: unknown[]): unknown;
}

/**
 * Runs a program against a mocked engine and returns what it registered once every registration is in.
 *
 * An output that fails ends the process, as it ends an update: no test can expect it. This shows what the program asks for. That OpenShift and the registry accept it, the end-to-end tests show.
 */
export async function record(
    program: () => unknown,
    { state = () => ({}), calls = {}, preview = false }: Mocks = {},
): Promise<Recording> {
    const invokes: Invoke[] = [];
    const mocks: pulumi.runtime.Mocks = {
        call: ({ token, inputs, provider }) => {
            const answer = calls[token];
            if (answer === undefined) {
                throw new Error(`unexpected invoke: ${token}`);
            }
            const given = inputs as Record<string, unknown>;
            invokes.push({ token, inputs: given, provider: named(provider ?? "") });
            return answer(given);
        },
        newResource: async ({ type, name, inputs }) => ({
            id: preview ? undefined : `${name}-id`,
            state: { ...(inputs as Record<string, unknown>), ...(await state({ type, name })) },
        }),
    };
    await pulumi.runtime.setMocks(mocks, "multiarch", "test", preview, "organization");

    // What the mocks are shown has neither parent nor dependencies; the requests behind it have.
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const registrations: Record<string, Registration> = {};
    const outputs: Record<string, unknown> = {};
    const register = monitor.registerResource.bind(monitor);
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
        const key = `${request.getType()} ${request.getName()}`;
        if (Object.hasOwn(registrations, key)) {
            throw new Error(`registered twice: ${key}`);
        }
        registrations[key] = registrationOf(request);
        return register(request, ...rest);
    };
    monitor.registerResourceOutputs = (request, ...rest) => {
        outputs[named(request.getUrn()) ?? ""] = plain(request.getOutputs()?.toJavaScript());
        return registerOutputs(request, ...rest);
    };

    const returned: unknown = await program();
    await pulumi.runtime.disconnect();
    const shown = await pulumi.runtime.serializeProperties("result", { result: returned });
    return { registrations, invokes, outputs, result: plain(shown)["result"] };
}

/** The inputs of the resource `TYPE NAME`. */
export function inputsOf({ registrations }: Pick<Recording, "registrations">, key: string) {
    const found = registrations[key];
    if (found === undefined) {
        throw new Error(`not registered: ${key}; but ${Object.keys(registrations).join(", ")}`);
    }
    return found.inputs;
}

function registrationOf(request: RegisterRequest): Registration {
    const timeouts = request.getCustomtimeouts();
    return {
        parent: named(request.getParent()),
        dependencies: request
            .getDependenciesList()
            .map((urn) => named(urn) ?? "")
            .sort(),
        inputs: plain(request.getObject()?.toJavaScript()),
        provider: named(request.getProvider()),
        deleteBeforeReplace: request.getDeletebeforereplace() || undefined,
        timeouts:
            timeouts === undefined || timeouts.getCreate() === ""
                ? undefined
                : { create: timeouts.getCreate(), update: timeouts.getUpdate() },
    };
}

/** `TYPE NAME` out of a URN, or out of a provider's reference, which is a URN and an ID. */
function named(urn: string): string | undefined {
    const [, , types, name] = urn.split("::");
    return types === undefined || name === undefined
        ? undefined
        : `${types.split("$").at(-1) ?? ""} ${name}`;
}

/** Properties without the engine's marks for secrets and unknown values. */
function plain(properties: Record<string, unknown> | undefined): Record<string, unknown> {
    return unmark(properties ?? {}) as Record<string, unknown>;
}

function unmark(value: unknown): unknown {
    if (value === pulumi.runtime.unknownValue) {
        return UNKNOWN;
    }
    if (Array.isArray(value)) {
        return value.map(unmark);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const properties = value as Record<string, unknown>;
    return properties[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig
        ? secret(unmark(properties["value"]))
        : Object.fromEntries(
              Object.entries(properties).map(([key, entry]) => [key, unmark(entry)]),
          );
}
