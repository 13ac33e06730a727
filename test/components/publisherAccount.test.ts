import * as pulumi from "@pulumi/pulumi";

import { PublisherAccount } from "../../components/publisherAccount";
import { record } from "../mocks";
import { TYPES } from "./fixtures";

const component = "multiarch:index:PublisherAccount publisher";
const account = `${TYPES.serviceAccount} publisher-account`;
const role = `${TYPES.role} publisher-puller`;

const program = `${TYPES.configMap} publisher-program`;

const create = () =>
    new PublisherAccount("publisher", {
        namespace: "shop",
        imageStreams: ["api", "web"],
        scc: "restricted-v2",
        program: "echo publish\n",
    });

/** A RoleBinding of the account. */
function binding(name: string, dependencies: string[], roleRef: object) {
    return {
        parent: component,
        dependencies,
        inputs: {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "RoleBinding",
            metadata: { name, namespace: "shop" },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", ...roleRef },
            subjects: [{ kind: "ServiceAccount", name: "publisher", namespace: "shop" }],
        },
    };
}

describe("PublisherAccount", () => {
    it("may pull from the given ImageStreams and use one SCC, and nothing else", async () => {
        const { registrations } = await record(create);

        expect(registrations).toEqual({
            [component]: { dependencies: [], inputs: {} },
            [account]: {
                parent: component,
                dependencies: [],
                inputs: {
                    apiVersion: "v1",
                    kind: "ServiceAccount",
                    metadata: { name: "publisher", namespace: "shop" },
                },
            },
            [program]: {
                parent: component,
                dependencies: [],
                inputs: {
                    apiVersion: "v1",
                    kind: "ConfigMap",
                    metadata: { name: "publisher-program", namespace: "shop" },
                    data: { "publish.sh": "echo publish\n" },
                },
            },
            [role]: {
                parent: component,
                dependencies: [],
                inputs: {
                    apiVersion: "rbac.authorization.k8s.io/v1",
                    kind: "Role",
                    metadata: { name: "publisher-puller", namespace: "shop" },
                    rules: [
                        {
                            apiGroups: ["image.openshift.io"],
                            resources: ["imagestreams/layers"],
                            resourceNames: ["api", "web"],
                            verbs: ["get"],
                        },
                    ],
                },
            },
            [`${TYPES.roleBinding} publisher-puller`]: binding(
                "publisher-puller",
                [account, role],
                { kind: "Role", name: "publisher-puller" },
            ),
            [`${TYPES.roleBinding} publisher-scc`]: binding("publisher-scc", [account], {
                kind: "ClusterRole",
                name: "system:openshift:scc:restricted-v2",
            }),
        });
    });

    it("registers the names of the account and the program", async () => {
        expect((await record(create)).outputs).toEqual({
            [component]: { serviceAccount: "publisher", program: "publisher-program" },
        });
    });

    it("lets whatever depends on it wait until the account, its rights and its program are there", async () => {
        const { registrations } = await record(() => {
            new pulumi.ComponentResource(
                "shop:index:Later",
                "later",
                {},
                { dependsOn: [create()] },
            );
        });

        expect(registrations["shop:index:Later later"]?.dependencies).toEqual(
            [
                account,
                role,
                program,
                `${TYPES.roleBinding} publisher-puller`,
                `${TYPES.roleBinding} publisher-scc`,
            ].sort(),
        );
    });

    it("has names in a preview, for the publisher's identity, whatever the cluster will say", async () => {
        const { registrations, outputs } = await record(create, {
            preview: true,
            state: () => ({ metadata: pulumi.runtime.unknownValue }),
        });

        expect(Object.keys(registrations)).toHaveLength(6);
        expect(outputs).toEqual({
            [component]: { serviceAccount: "publisher", program: "publisher-program" },
        });
    });
});
