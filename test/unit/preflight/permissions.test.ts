import {
    type Action,
    ALWAYS,
    BUILD,
    credentials,
    DEPLOY,
    describeAction,
    forbidden,
} from "../../../preflight/permissions";
import { rightsOf } from "../../e2e/account";
import { FakeCluster } from "../build/fakeCluster";
import { allow, REVIEWS } from "./fakeApi";

const instantiate: Action = {
    verb: "create",
    group: "build.openshift.io",
    resource: "buildconfigs/instantiate",
};
const list: Action = { verb: "list", group: "", resource: "pods" };
const { signal } = new AbortController();

describe("forbidden", () => {
    it("asks the cluster for each action, with its subresource and namespace", async () => {
        const cluster = new FakeCluster();
        allow(cluster, () => true);

        expect(await forbidden(cluster, "shop", [instantiate, list], signal)).toEqual([]);
        expect(cluster.requests).toEqual([`POST ${REVIEWS}`, `POST ${REVIEWS}`]);
        const review = (resourceAttributes: object) => ({
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectAccessReview",
            spec: { resourceAttributes },
        });
        expect(cluster.bodies).toEqual([
            review({
                verb: "create",
                group: "build.openshift.io",
                resource: "buildconfigs",
                subresource: "instantiate",
                namespace: "shop",
            }),
            review({ verb: "list", group: "", resource: "pods", namespace: "shop" }),
        ]);
    });

    it("returns those that are denied, in their order", async () => {
        const cluster = new FakeCluster();
        const all = [...ALWAYS, ...credentials("multiarch-push"), ...BUILD];
        const denied = all.filter((_, index) => index % 3 === 1);
        allow(cluster, (action) => !denied.some((it) => describeAction(it) === action));

        expect(await forbidden(cluster, "shop", all, signal)).toEqual(denied);
    });

    it("takes no half an answer for a yes", async () => {
        const cluster = new FakeCluster();
        cluster.on("POST", /./, () => ({ status: {} }));

        await expect(forbidden(cluster, "shop", [list], signal)).rejects.toThrow(/allowed/);
    });
});

describe("what is asked for", () => {
    const actions = [...ALWAYS, ...DEPLOY, ...credentials("multiarch-push"), ...BUILD];

    it.each([
        ...new Set(
            actions.map(({ verb, group, resource }) => describeAction({ verb, group, resource })),
        ),
    ])("is in docs/permissions/deployer.yaml: %s", (action) => {
        expect(rightsOf("deployer")).toContain(action);
    });
});

describe("describeAction", () => {
    it.each([
        [list, "list pods"],
        [{ ...list, verb: "get", resource: "pods/log" }, "get pods/log"],
        [instantiate, "create buildconfigs.build.openshift.io/instantiate"],
        [{ verb: "patch", group: "apps", resource: "deployments" }, "patch deployments.apps"],
        [{ verb: "patch", group: "", resource: "secrets", name: "push" }, "patch secrets/push"],
    ])("writes %j as oc does", (action, text) => {
        expect(describeAction(action)).toBe(text);
    });

    it("tells all actions apart", () => {
        const secrets = credentials("multiarch-push");
        const texts = [...ALWAYS, ...secrets, ...BUILD].map(describeAction);
        expect(new Set(texts).size).toBe(texts.length);
    });
});
