import { pendingCreates, takenOver, withoutForeign } from "../../../cli/stack/pendingCreates";

const urn = (type: string, name: string) => `urn:pulumi:dev::multiarch::${type}::${name}`;
const [SECRET, NAMESPACE, DEPLOYMENT, COMMAND] = [
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Namespace",
    "kubernetes:apps/v1:Deployment",
    "command:local:Command",
] as const;
const resource = (type: string, name: string, inputs: object = {}) => ({
    urn: urn(type, name),
    type,
    inputs,
    parent: urn("pulumi:pulumi:Stack", "dev"),
});
const secret = resource(SECRET, "push", { metadata: { name: "push", namespace: "shop" } });
const namespace = resource(NAMESPACE, "namespace", { metadata: { name: "shop" } });
const deployment = resource(DEPLOYMENT, "api", { metadata: { name: "api", namespace: "shop" } });
const command = resource(COMMAND, "api-build");

/** A stack's state in which these are being created, and another object changed. */
function stateOf(resources: object[], ...creating: object[]): string {
    const pending = creating.map((it) => ({ type: "creating", resource: it }));
    const pending_operations = [...pending, { type: "updating", resource: deployment }];
    return JSON.stringify({ version: 3, deployment: { resources, pending_operations } });
}

describe("pendingCreates", () => {
    it("finds creations, and nothing else that is pending", () => {
        expect(pendingCreates(stateOf([], secret, command))).toEqual([secret.urn, command.urn]);
    });

    it.each([{}, { deployment: null }, { deployment: {} }])("finds none in %j", (state) => {
        expect(pendingCreates(JSON.stringify(state))).toEqual([]);
    });
});

describe("takenOver", () => {
    const resourcesIn = (state: string) =>
        (JSON.parse(state) as { deployment: { resources: { urn: string }[] } }).deployment
            .resources;

    it("makes resources of the objects that were being created, after all others, and forgets the rest", () => {
        const { state, urns } = takenOver(stateOf([deployment], secret, namespace, command));

        expect(urns).toEqual([secret.urn, namespace.urn]);
        expect(JSON.parse(state)).toEqual({
            version: 3,
            deployment: {
                resources: [
                    deployment,
                    { ...secret, custom: true, id: "shop/push", outputs: secret.inputs },
                    { ...namespace, custom: true, id: "shop", outputs: namespace.inputs },
                ],
                pending_operations: [],
            },
        });
    });

    it("puts the new object of a replacement in the old one's place", () => {
        const old = { ...secret, id: "shop/push", pendingReplacement: true };
        const dependent = { ...command, dependencies: [secret.urn] };
        const { state, urns } = takenOver(stateOf([namespace, old, dependent], secret));

        expect(urns).toEqual([secret.urn]);
        expect(resourcesIn(state)).toEqual([
            namespace,
            { ...secret, custom: true, id: "shop/push", outputs: secret.inputs },
            dependent,
        ]);
    });

    it("leaves a resource that is known alone", () => {
        const { state, urns } = takenOver(stateOf([secret], secret));

        expect(urns).toEqual([]);
        expect(resourcesIn(state)).toEqual([secret]);
    });

    it("has nothing to do without a deployment", () => {
        expect(takenOver("{}")).toEqual({ state: "{}", urns: [] });
    });
});

describe("withoutForeign", () => {
    const live = (...managers: string[]) => ({
        ...deployment,
        outputs: { metadata: { managedFields: managers.map((manager) => ({ manager })) } },
    });
    const remaining = (it: object, ...urns: string[]) => {
        const state = withoutForeign(JSON.stringify({ deployment: { resources: [it] } }), urns);
        return JSON.parse(state) as unknown;
    };
    const stays = (it: object) => ({ deployment: { resources: [it] } });

    it.each(["pulumi-kubernetes", "pulumi-kubernetes-5c1f"])(
        "keeps an object that %s has made",
        (manager) => {
            const own = live("kube-controller-manager", manager);
            expect(remaining(own, deployment.urn)).toEqual(stays(own));
        },
    );

    it("leaves out one that somebody else has made", () => {
        const gone = { deployment: { resources: [] } };
        expect(remaining(live("oc"), deployment.urn)).toEqual(gone);
        expect(remaining(deployment, deployment.urn)).toEqual(gone);
    });

    it("looks at no other object", () => {
        expect(remaining(live("oc"), secret.urn)).toEqual(stays(live("oc")));
    });
});
