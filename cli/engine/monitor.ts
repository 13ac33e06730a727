import * as grpc from "@grpc/grpc-js";
import * as emptyProto from "google-protobuf/google/protobuf/empty_pb";
import * as structProto from "google-protobuf/google/protobuf/struct_pb";
import * as pulumi from "@pulumi/pulumi";
import * as engineServices from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import * as providerProto from "@pulumi/pulumi/proto/provider_pb";
import * as monitorServices from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as monitorProto from "@pulumi/pulumi/proto/resource_pb";

/** Properties as the engine gets and gives them, with its marks for what is secret and what is unknown. */
export type Properties = Readonly<Record<string, unknown>>;

/** A resource as a program registers it. */
export interface Registration {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    /** URN of the parent; empty for a resource of the stack itself. */
    readonly parent: string;
    readonly custom: boolean;
    /** URNs. */
    readonly dependencies: readonly string[];
    readonly inputs: Properties;
    /** URN and ID of the provider; empty for the default one. */
    readonly provider: string;
    readonly deleteBeforeReplace: boolean;
    readonly retainOnDelete: boolean;
    /** Go's durations; empty where none is set. */
    readonly timeouts: {
        readonly create: string;
        readonly update: string;
        readonly delete: string;
    };
}

/** A question to a provider. */
export interface Question {
    readonly token: string;
    readonly inputs: Properties;
    readonly provider: string;
}

/** What an engine does of what a program asks it. */
export interface EngineSteps {
    /** Makes a resource what it shall be; its ID is empty while that is unknown. */
    register(resource: Registration): Promise<{ readonly id: string; readonly state: Properties }>;
    /** Answers a question; rejects where nobody can. */
    invoke(question: Question): Promise<Properties>;
    /** Reads what exists already, as a StackReference does. */
    read(resource: {
        readonly type: string;
        readonly name: string;
        readonly inputs: Properties;
    }): Promise<Properties>;
    /** Takes what a component, or the stack itself, passed to `registerOutputs`. */
    outputs(urn: string, outputs: Properties): void;
    /**
     * Takes a message for the user. Without it the SDK prints messages itself, and sends none of its own for debugging,
     * one for each resource and more.
     */
    log?(severity: "debug" | "error" | "info" | "warning", text: string): void;
}

/** Which stack a program is run for. */
export interface StackSettings {
    readonly project: string;
    readonly stack: string;
    readonly organization: string;
    readonly preview: boolean;
    /** Registrations at a time. */
    readonly parallel: number;
    readonly config: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
}

const ROOT = "pulumi:pulumi:Stack";
const SEVERITIES = ["debug", "info", "warning", "error"] as const;
/** Bytes of a message: the stack's outputs come as one. Source: pulumi's own limit, sdk/nodejs/runtime/settings.ts. */
const LARGEST = 400 * 1024 * 1024;

type Call<Q, A> = (question: Q) => Promise<A> | A;

/**
 * Runs a program in this process against an engine of ours, which it reaches as it reaches Pulumi's: over gRPC, by the
 * SDK's own protocol. Resolves with the stack's outputs; rejects with the program's error.
 *
 * One at a time: the SDK knows one engine per process.
 */
export async function runWithMonitor(
    program: () => Promise<Record<string, unknown>>,
    settings: StackSettings,
    steps: EngineSteps,
): Promise<Properties> {
    const found: { outputs: Properties; root: string } = { outputs: {}, root: "" };
    const server = new grpc.Server({
        "grpc.max_receive_message_length": LARGEST,
        "grpc.max_send_message_length": LARGEST,
    });
    server.addService(engineService, engineCalls(steps, found));
    server.addService(monitorService, monitorCalls(settings, steps, found));
    const port = await new Promise<number>((resolve, reject) => {
        const address = "127.0.0.1:0";
        server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) => {
            if (error) {
                reject(error);
            } else {
                resolve(bound);
            }
        });
    });
    const { project, stack, organization, preview, parallel } = settings;
    const address = `127.0.0.1:${port}`;
    try {
        pulumi.runtime.resetOptions(
            project,
            stack,
            parallel,
            // No address of an engine: nobody takes messages.
            steps.log === undefined ? "" : address,
            address,
            preview,
            organization,
        );
        pulumi.runtime.setAllConfig({ ...settings.config }, [...settings.secretKeys]);
        // Kept here: the SDK hands an error of the stack on to promises that nobody waits for.
        const failure: { error?: unknown } = {};
        await pulumi.runtime.runInPulumiStack(async () => {
            try {
                return await program();
            } catch (error) {
                failure.error = error;
                return {};
            }
        });
        await pulumi.runtime.disconnect();
        if ("error" in failure) {
            throw failure.error;
        }
        return found.outputs;
    } finally {
        pulumi.runtime.disconnectSync();
        server.forceShutdown();
    }
}

const engineService = (engineServices as unknown as { EngineService: grpc.ServiceDefinition })
    .EngineService;
const monitorService = (
    monitorServices as unknown as { ResourceMonitorService: grpc.ServiceDefinition }
).ResourceMonitorService;

function engineCalls(
    steps: EngineSteps,
    found: { root: string },
): grpc.UntypedServiceImplementation {
    return {
        log: answered((request: engineProto.LogRequest) => {
            steps.log?.(SEVERITIES[request.getSeverity()], request.getMessage());
            return new emptyProto.Empty();
        }),
        getRootResource: answered(() => {
            const answer = new engineProto.GetRootResourceResponse();
            answer.setUrn(found.root);
            return answer;
        }),
        setRootResource: answered((request: engineProto.SetRootResourceRequest) => {
            found.root = request.getUrn();
            return new engineProto.SetRootResourceResponse();
        }),
    };
}

function monitorCalls(
    settings: StackSettings,
    steps: EngineSteps,
    found: { outputs: Properties },
): grpc.UntypedServiceImplementation {
    const urnOf = (type: string, name: string, parent: string) => {
        const [, , types = ""] = parent.split("::");
        const prefix = types === "" || types === ROOT ? "" : `${types}$`;
        return `urn:pulumi:${settings.stack}::${settings.project}::${prefix}${type}::${name}`;
    };
    const root = urnOf(ROOT, `${settings.project}-${settings.stack}`, "");
    return {
        supportsFeature: answered((request: monitorProto.SupportsFeatureRequest) => {
            const answer = new monitorProto.SupportsFeatureResponse();
            // As with the SDK's mocks: transforms and hooks need calls back, and outputs come as plain values.
            answer.setHassupport(
                /^(secrets|resourceReferences|deletedWith|aliasSpecs)$/.test(request.getId()),
            );
            return answer;
        }),
        registerResource: answered(async (request: monitorProto.RegisterResourceRequest) => {
            const [type, name] = [request.getType(), request.getName()];
            const parent = request.getParent() === root ? "" : request.getParent();
            const urn = urnOf(type, name, parent);
            const answer = new monitorProto.RegisterResourceResponse();
            answer.setUrn(urn);
            if (type === ROOT) {
                return answer;
            }
            const timeouts = request.getCustomtimeouts();
            const { id, state } = await steps.register({
                type,
                name,
                urn,
                parent,
                custom: request.getCustom(),
                dependencies: request.getDependenciesList(),
                inputs: propertiesOf(request.getObject()),
                provider: request.getProvider(),
                deleteBeforeReplace: request.getDeletebeforereplace(),
                retainOnDelete: request.getRetainondelete() ?? false,
                timeouts: {
                    create: timeouts?.getCreate() ?? "",
                    update: timeouts?.getUpdate() ?? "",
                    delete: timeouts?.getDelete() ?? "",
                },
            });
            answer.setId(id);
            answer.setObject(structOf(state));
            return answer;
        }),
        registerResourceOutputs: answered(
            (request: monitorProto.RegisterResourceOutputsRequest) => {
                const outputs = propertiesOf(request.getOutputs());
                if (request.getUrn() === root) {
                    found.outputs = outputs;
                } else {
                    steps.outputs(request.getUrn(), outputs);
                }
                return new emptyProto.Empty();
            },
        ),
        readResource: answered(async (request: monitorProto.ReadResourceRequest) => {
            const inputs = propertiesOf(request.getProperties());
            const [type, name] = [request.getType(), request.getName()];
            const state = await steps.read({ type, name, inputs });
            const answer = new monitorProto.ReadResourceResponse();
            answer.setUrn(urnOf(type, name, request.getParent()));
            answer.setProperties(structOf(state));
            return answer;
        }),
        invoke: answered(async (request: monitorProto.ResourceInvokeRequest) => {
            const inputs = propertiesOf(request.getArgs());
            const answer = new providerProto.InvokeResponse();
            const token = request.getTok();
            const found = await steps.invoke({ token, inputs, provider: request.getProvider() });
            answer.setReturn(structOf(found));
            return answer;
        }),
        registerPackage: answered(() => {
            const answer = new monitorProto.RegisterPackageResponse();
            answer.setRef("package");
            return answer;
        }),
        signalAndWaitForShutdown: answered(() => new emptyProto.Empty()),
    };
}

function propertiesOf(struct: structProto.Struct | undefined): Properties {
    return struct?.toJavaScript() ?? {};
}

function structOf(properties: Properties): structProto.Struct {
    // Of what JSON has no word for, such as undefined, there is none in the protocol either.
    const plain = JSON.parse(JSON.stringify(properties)) as Record<
        string,
        structProto.JavaScriptValue
    >;
    return structProto.Struct.fromJavaScript(plain);
}

/** One call of a service; what it throws is the caller's error. */
function answered<Q, A>(call: Call<Q, A>): grpc.handleUnaryCall<Q, A> {
    return ({ request }, callback) => {
        Promise.resolve()
            .then(() => call(request))
            .then(
                (answer) => {
                    callback(null, answer);
                },
                (error: unknown) => {
                    const details = error instanceof Error ? error.message : String(error);
                    callback({ code: grpc.status.UNKNOWN, details });
                },
            );
    };
}
