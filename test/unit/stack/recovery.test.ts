import { pendingCreates, settle } from "../../../stack/recovery";

const urn = (type: string, name: string) => `urn:pulumi:dev::multiarch::${type}::${name}`;
const operation = (type: string, kind: string, name: string, metadata?: object) => ({
    type,
    resource: {
        urn: urn(kind, name),
        type: kind,
        inputs: metadata === undefined ? {} : { metadata },
    },
});

describe("pendingCreates", () => {
    it("finds creations only, with the ids of objects", () => {
        const state = {
            version: 3,
            deployment: {
                pending_operations: [
                    operation("creating", "kubernetes:core/v1:Secret", "push", {
                        name: "push",
                        namespace: "shop",
                    }),
                    operation("creating", "kubernetes:core/v1:Namespace", "namespace", {
                        name: "shop",
                    }),
                    operation("creating", "command:local:Command", "api-build"),
                    operation("updating", "kubernetes:apps/v1:Deployment", "api", {
                        name: "api",
                        namespace: "shop",
                    }),
                ],
            },
        };
        expect(pendingCreates(JSON.stringify(state))).toEqual([
            { urn: urn("kubernetes:core/v1:Secret", "push"), id: "shop/push" },
            { urn: urn("kubernetes:core/v1:Namespace", "namespace"), id: "shop" },
            { urn: urn("command:local:Command", "api-build"), id: undefined },
        ]);
    });

    it.each([{}, { deployment: null }, { deployment: {} }])("finds none in %j", (state) => {
        expect(pendingCreates(JSON.stringify(state))).toEqual([]);
    });
});

describe("settle", () => {
    it("takes over objects and forgets the rest", () => {
        expect(
            settle([
                { urn: "urn:a", id: "shop/a" },
                { urn: "urn:b", id: undefined },
            ]),
        ).toEqual([
            ...[
                "refresh",
                "--yes",
                "--skip-preview",
                "--suppress-outputs",
                "--clear-pending-creates",
            ],
            ...["--import-pending-creates=urn:a", "--import-pending-creates=shop/a"],
        ]);
    });
});
