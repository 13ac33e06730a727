/** An object of the API. */
export interface ApiObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata: {
        readonly name: string;
        readonly generateName?: string;
        readonly namespace?: string;
        readonly uid?: string;
        readonly resourceVersion?: string;
        readonly generation?: number;
        readonly creationTimestamp?: string;
        readonly deletionTimestamp?: string;
        readonly deletionGracePeriodSeconds?: number;
        readonly finalizers?: readonly string[];
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
        readonly ownerReferences?: readonly { readonly uid: string }[];
    };
    readonly spec?: Readonly<Record<string, unknown>>;
    readonly status?: Readonly<Record<string, unknown>>;
    readonly [key: string]: unknown;
}
