import * as grpc from "@grpc/grpc-js";
import * as emptyProto from "google-protobuf/google/protobuf/empty_pb";
import * as structProto from "google-protobuf/google/protobuf/struct_pb";
import * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import * as providerServices from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";

import type { Properties } from "../../cli/engine/monitor";

/** A resource as the engine asks its provider about it. */
export interface Asked {
    readonly type: string;
    readonly name: string;
    readonly inputs: Properties;
}

/** What a provider says of a change. */
export interface Difference {
    /** Properties for which another object must take the place. */
    readonly replaces: readonly string[];
    /** Whether the one before goes away first. */
    readonly deleteBeforeReplace: boolean;
    readonly changes: boolean;
}

/** What stands in for a provider's plugin; each method rejects with the words for the user. */
export interface StandIn {
    readonly name: string;
    diff(asked: Asked, before: Properties): Difference;
    create(asked: Asked): Promise<{ id: string; outputs: Properties }>;
    read(asked: Asked, id: string): Promise<Properties | undefined>;
    update(asked: Asked, id: string): Promise<Properties>;
    delete(asked: Asked, id: string): Promise<void>;
    invoke(token: string, inputs: Properties): Promise<Properties>;
    /** The user has interrupted the update. */
    cancel(): void;
}

/** A stand-in that Pulumi's engine can attach. */
export interface ServedStandIn {
    /** An entry of PULUMI_DEBUG_PROVIDERS. */
    readonly attached: string;
    close(): void;
}

const service = (providerServices as unknown as { ResourceProviderService: grpc.ServiceDefinition })
    .ResourceProviderService;

/**
 * Serves a stand-in on loopback, by the protocol of Pulumi's plugins. It takes secrets as plain values, as the engine gives
 * them to a provider that knows nothing of them, and keeps out of previews, where the engine goes on with the inputs.
 */
export async function serveStandIn(standIn: StandIn): Promise<ServedStandIn> {
    const server = new grpc.Server();
    server.addService(service, callsOf(standIn));
    const port = await new Promise<number>((resolve, reject) => {
        const credentials = grpc.ServerCredentials.createInsecure();
        server.bindAsync("127.0.0.1:0", credentials, (error, bound) => {
            if (error) {
                reject(error);
            } else {
                resolve(bound);
            }
        });
    });
    return {
        attached: `${standIn.name}:${port}`,
        close: () => {
            server.forceShutdown();
        },
    };
}

function callsOf(standIn: StandIn): grpc.UntypedServiceImplementation {
    return {
        attach: answered(() => new emptyProto.Empty()),
        getPluginInfo: answered(() => new pluginProto.PluginInfo().setVersion("1.0.0")),
        checkConfig: answered((request: proto.CheckRequest) =>
            new proto.CheckResponse().setInputs(request.getNews()),
        ),
        diffConfig: answered((request: proto.DiffRequest) =>
            new proto.DiffResponse().setChanges(
                isSame(plainOf(request.getOldInputs()), plainOf(request.getNews()))
                    ? proto.DiffResponse.DiffChanges.DIFF_NONE
                    : proto.DiffResponse.DiffChanges.DIFF_SOME,
            ),
        ),
        configure: answered(() => new proto.ConfigureResponse()),
        check: answered((request: proto.CheckRequest) =>
            new proto.CheckResponse().setInputs(request.getNews()),
        ),
        diff: answered((request: proto.DiffRequest) => {
            const asked = askedOf(request.getUrn(), request.getNews());
            const { replaces, deleteBeforeReplace, changes } = standIn.diff(
                asked,
                plainOf(request.getOldInputs()),
            );
            const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
            return new proto.DiffResponse()
                .setReplacesList([...replaces])
                .setDeletebeforereplace(deleteBeforeReplace)
                .setChanges(changes ? DIFF_SOME : DIFF_NONE);
        }),
        create: answered(async (request: proto.CreateRequest) => {
            const made = await standIn.create(askedOf(request.getUrn(), request.getProperties()));
            return new proto.CreateResponse().setId(made.id).setProperties(structOf(made.outputs));
        }),
        read: answered(async (request: proto.ReadRequest) => {
            const asked = askedOf(request.getUrn(), request.getInputs());
            const outputs = await standIn.read(asked, request.getId());
            const answer = new proto.ReadResponse();
            return outputs === undefined
                ? answer
                : answer
                      .setId(request.getId())
                      .setInputs(request.getInputs())
                      .setProperties(structOf(outputs));
        }),
        update: answered(async (request: proto.UpdateRequest) => {
            const asked = askedOf(request.getUrn(), request.getNews());
            const outputs = await standIn.update(asked, request.getId());
            return new proto.UpdateResponse().setProperties(structOf(outputs));
        }),
        delete: answered(async (request: proto.DeleteRequest) => {
            const asked = askedOf(request.getUrn(), request.getOldInputs());
            await standIn.delete(asked, request.getId());
            return new emptyProto.Empty();
        }),
        invoke: answered(async (request: proto.InvokeRequest) => {
            const found = await standIn.invoke(request.getTok(), plainOf(request.getArgs()));
            return new proto.InvokeResponse().setReturn(structOf(found));
        }),
        cancel: answered(() => {
            standIn.cancel();
            return new emptyProto.Empty();
        }),
    };
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function askedOf(urn: string, inputs: structProto.Struct | undefined): Asked {
    const [, , types = "", name = ""] = urn.split("::");
    return { type: types.split("$").at(-1) ?? "", name, inputs: plainOf(inputs) };
}

function plainOf(struct: structProto.Struct | undefined): Properties {
    return struct?.toJavaScript() ?? {};
}

function structOf(properties: Properties): structProto.Struct {
    const plain = JSON.parse(JSON.stringify(properties)) as Record<
        string,
        structProto.JavaScriptValue
    >;
    return structProto.Struct.fromJavaScript(plain);
}

/** Whether two values are one and the same in JSON, in whatever order their keys are. */
export function isSame(one: unknown, other: unknown): boolean {
    return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}

function sorted(_: string, value: unknown): unknown {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
}

function answered<Q, A>(call: (question: Q) => Promise<A> | A): grpc.handleUnaryCall<Q, A> {
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
