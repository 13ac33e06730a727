import * as sdk from "@pulumi/policy";

/** The pack and its tests take the SDK from here: its classes are compared with instanceof, so there must be one copy. */
export * from "@pulumi/policy";

/** The SDK exports both, and leaves their types out. */
export const { unknownCheckingProxy, UnknownValueError } = sdk as unknown as {
    readonly unknownCheckingProxy: (properties: unknown) => Record<string, unknown>;
    readonly UnknownValueError: new (sentinel: string, path: string[]) => Error;
};
