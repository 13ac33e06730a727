import {
    type Action,
    ALWAYS,
    BUILD,
    credentials,
    DEPLOY,
    describeAction,
    forbidden,
} from "../../checks/permissions";
import { rightsOf } from "../../testbed/e2e/account";
import { FakeCluster } from "../cluster/fakeCluster";
import { allow, forbidRules, REVIEWS, RULES, tellRules } from "./fakeApi";

const instantiate: Action = {
    verb: "create",
    group: "build.openshift.io",
    resource: "buildconfigs/instantiate",
};
const list: Action = { verb: "list", group: "", resource: "pods" };
const { signal } = new AbortController();

describe("forbidden", () => {
    it("asks the cluster for each action that no rule grants, with its subresource and namespace", async () => {
        const cluster = new FakeCluster();
        allow(cluster, () => true);

        expect(await forbidden(cluster, "shop", [instantiate, list], signal)).toEqual([]);
        expect(cluster.requests).toEqual([`POST ${RULES}`, `POST ${REVIEWS}`, `POST ${REVIEWS}`]);
        const review = (resourceAttributes: object) => ({
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectAccessReview",
            spec: { resourceAttributes },
        });
        expect(cluster.bodies.slice(1)).toEqual([
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

    const all = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
    const patch: Action = { verb: "patch", group: "", resource: "secrets", name: "push" };

    it.each<[string, object, Action[]]>([
        ["everything", all, [instantiate, list, patch]],
        ["a verb", { ...all, verbs: ["get", "list"] }, [list]],
        ["a group", { ...all, apiGroups: [""] }, [list, patch]],
        ["a resource", { ...all, resources: ["buildconfigs", "pods"] }, [list]],
        ["a subresource", { ...all, resources: ["buildconfigs/instantiate"] }, [instantiate]],
        ["a subresource of anything", { ...all, resources: ["*/instantiate"] }, [instantiate]],
        ["one object", { ...all, resourceNames: ["push"] }, [patch]],
        ["what has no resource", { verbs: ["*"] }, []],
    ])("believes a rule that grants %s", async (_, rule, granted) => {
        const cluster = new FakeCluster();
        allow(cluster, () => false);
        tellRules(cluster, rule);
        const wanted = [instantiate, list, patch];

        expect(await forbidden(cluster, "shop", wanted, signal)).toEqual(
            wanted.filter((action) => !granted.includes(action)),
        );
        expect(cluster.count(`POST ${REVIEWS}`)).toBe(wanted.length - granted.length);
    });

    it("asks for each action where the rules may not be asked for, or there is no namespace", async () => {
        const cluster = new FakeCluster();
        allow(cluster, () => true);
        forbidRules(cluster);

        expect(await forbidden(cluster, "shop", [list], signal)).toEqual([]);
        expect(await forbidden(cluster, undefined, [list], signal)).toEqual([]);
        expect(cluster.requests).toEqual([`POST ${RULES}`, `POST ${REVIEWS}`, `POST ${REVIEWS}`]);
    });

    it("takes no half an answer for a yes", async () => {
        const cluster = new FakeCluster();
        tellRules(cluster);
        cluster.on("POST", new RegExp(REVIEWS), () => ({ status: {} }));

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
