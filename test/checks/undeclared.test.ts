import * as pulumi from "@pulumi/pulumi";

import { refuseUndeclared, type StateResource, stateResources } from "../../checks/undeclared";
import { beforeStack, change, load, minimal } from "../config/load";
import { record } from "../mocks";

const digest = `sha256:${"d".repeat(64)}`;
const urn = (type: string, name: string) => `urn:pulumi:dev::multiarch::${type}::${name}`;
const made: StateResource = {
    urn: urn("multiarch:index:BuildProject$kubernetes:core/v1:Namespace", "multiarch-namespace"),
    type: "kubernetes:core/v1:Namespace",
    object: "shop",
};
const stream = (name: string): StateResource => ({
    urn: urn("kubernetes:image.openshift.io/v1:ImageStream", `${name}-stream`),
    type: "kubernetes:image.openshift.io/v1:ImageStream",
    object: name,
});
const image = (name: string, rest: object = {}) => ({
    name,
    destination: `quay.io/shop/${name}`,
    ...rest,
});

/** What is said of a stack with this state and these settings; nothing when it is taken. */
function refused(resources: readonly StateResource[], changes: object): string | undefined {
    try {
        refuseUndeclared(load(change(minimal, { ...changes })), resources);
        return undefined;
    } catch (error) {
        expect(pulumi.RunError.isInstance(error)).toBe(true);
        return (error as Error).message;
    }
}

beforeAll(beforeStack);

describe("a namespace that the stack made", () => {
    it("is not to be undeclared: create from true to false", () => {
        expect(refused([made], { namespace: { name: "shop", create: false } })).toBe(
            [
                "Nothing was changed: the configuration no longer declares what others may have things in.",
                "  multiarch:namespace.create is false, and this stack made the namespace shop: without a declaration it would be deleted, with all that anybody has in it: expected true, as before",
                "    pulumi config set --path multiarch:namespace.create true --stack dev",
            ].join("\n"),
        );
    });

    it("is not to be replaced by another of another name", () => {
        const text = refused([made], { namespace: { name: "market" } });
        expect(text).toContain(
            'multiarch:namespace.name is "market", and this stack made the namespace shop, which would be deleted',
        );
        expect(text).toContain(
            "    pulumi config set --path multiarch:namespace.name shop --stack dev",
        );
    });

    it("is not to be undeclared under another name either", () => {
        const text = refused([made], { namespace: { name: "market", create: false } });
        expect(text).toContain("this stack made the namespace shop");
    });

    it.each([
        ["stays declared", [made], { name: "shop" }],
        ["was there before the stack", [], { name: "shop", create: false }],
        ["is of a new stack", [], { name: "shop" }],
    ])("is taken where it %s", (_, resources, namespace) => {
        expect(refused(resources, { namespace })).toBeUndefined();
    });
});

describe("an ImageStream that the stack made", () => {
    const application = {};

    it("is not to be undeclared by a digest", () => {
        const images = [image("web"), image("api", { digest, application })];
        expect(refused([stream("web"), stream("api")], { images })).toBe(
            [
                "Nothing was changed: the configuration no longer declares what others may have things in.",
                "  multiarch:images[1].digest is set, and this stack has built api up to now: its ImageStream would be deleted, with the images that others may run from it: expected no digest, or another name for what is only deployed. Once nobody needs those images:",
                `    pulumi destroy --stack dev --target-dependents --target '${stream("api").urn}'`,
            ].join("\n"),
        );
    });

    it("is told apart from that of an image whose name ends alike", () => {
        const images = [image("api", { digest, application })];
        expect(refused([stream("shop-api")], { images })).toBeUndefined();
    });

    it("goes with its image where that is taken out of the list", () => {
        expect(refused([stream("web"), stream("api")], { images: [image("web")] })).toBeUndefined();
    });

    it("names every setting at once", () => {
        const images = [
            image("web", { digest, application }),
            image("api", { digest, application }),
        ];
        const namespace = { name: "shop", create: false };
        const text = refused([made, stream("web"), stream("api")], { images, namespace });
        expect(text?.match(/multiarch:\S+ is/g)).toEqual([
            "multiarch:namespace.create is",
            "multiarch:images[0].digest is",
            "multiarch:images[1].digest is",
        ]);
    });
});

describe("stateResources", () => {
    it("asks the engine for the stack's own state", async () => {
        const asked: unknown[] = [];
        let found: unknown;
        const outputs = {
            [made.urn]: { type: made.type, outputs: { metadata: { name: "shop" } } },
            [urn("command:local:Command", "x")]: { type: "command:local:Command", outputs: {} },
        };
        await record(
            async () => {
                found = await stateResources();
            },
            {
                calls: {
                    "pulumi:pulumi:readStackResourceOutputs": (inputs) => {
                        asked.push(inputs);
                        return { name: "dev", outputs };
                    },
                },
            },
        );
        expect(asked).toEqual([{ stackName: "organization/multiarch/test" }]);
        expect(found).toHaveLength(2);
        expect(found).toEqual(
            expect.arrayContaining([
                made,
                {
                    urn: urn("command:local:Command", "x"),
                    type: "command:local:Command",
                    object: undefined,
                },
            ]),
        );
    });
});
