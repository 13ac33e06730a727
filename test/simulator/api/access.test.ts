import { map, MAPS, PODS, start } from "./started";

const RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/shop";
const USERS = [
    { name: "anna", groups: ["makers"], token: "t-anna" },
    { name: "root", groups: ["system:masters"], token: "t-root" },
];

async function granted(rules: object[], subject: object = { kind: "User", name: "anna" }) {
    const started = await start(USERS);
    await started.ask("POST", `${RBAC}/roles`, { metadata: { name: "some" }, rules });
    await started.ask("POST", `${RBAC}/rolebindings`, {
        metadata: { name: "some" },
        roleRef: { kind: "Role", name: "some" },
        subjects: [subject],
    });
    return started;
}

const READ = { verbs: ["get", "list"], apiGroups: [""], resources: ["configmaps"] };

describe("who asks", () => {
    it("is told by its token", async () => {
        const { ask } = await granted([READ]);
        const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
        expect((await ask("GET", MAPS, undefined, as("t-anna"))).status).toBe(200);
        expect((await ask("GET", PODS, undefined, as("t-root"))).status).toBe(200);
        const { status, body } = await ask("GET", MAPS, undefined, as("other"));
        expect([status, body.message]).toEqual([401, "Unauthorized"]);
        const nobody = await ask("GET", MAPS, undefined, { headers: {} });
        expect([nobody.status, nobody.body.message]).toEqual([
            403,
            'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "shop"',
        ]);
    });

    it("may do what its roles grant, and no more", async () => {
        const { ask } = await granted([READ]);
        const anna = { user: "anna" };
        expect((await ask("GET", MAPS, undefined, anna)).status).toBe(200);
        const { status, body } = await ask("DELETE", `${MAPS}/a`, undefined, anna);
        expect([status, body.message, body.details]).toEqual([
            403,
            'configmaps "a" is forbidden: User "anna" cannot delete resource "configmaps" in API group "" in the namespace "shop"',
            { name: "a", kind: "configmaps" },
        ]);
        const nodes = await ask("GET", "/api/v1/nodes", undefined, anna);
        expect(nodes.body.message).toBe(
            'nodes is forbidden: User "anna" cannot list resource "nodes" in API group "" at the cluster scope',
        );
    });

    it.each([
        [{ kind: "Group", name: "makers" }, "anna"],
        [
            { kind: "ServiceAccount", name: "robot", namespace: "shop" },
            "system:serviceaccount:shop:robot",
        ],
    ])("may be a member of %j", async (subject, user) => {
        const { ask } = await granted([READ], subject);
        expect((await ask("GET", MAPS, undefined, { user })).status).toBe(200);
        expect((await ask("POST", MAPS, map("a"), { user })).status).toBe(403);
    });

    it("may be granted one object, or a subresource", async () => {
        const { ask } = await granted([
            { verbs: ["get"], apiGroups: [""], resources: ["configmaps"], resourceNames: ["a"] },
            { verbs: ["get"], apiGroups: [""], resources: ["pods/log"] },
        ]);
        await ask("POST", MAPS, map("a"));
        const status = async (path: string) =>
            (await ask("GET", path, undefined, { user: "anna" })).status;
        expect(await status(`${MAPS}/a`)).toBe(200);
        expect(await status(`${MAPS}/b`)).toBe(403);
        expect(await status(`${PODS}/b/log`)).toBe(404);
        expect(await status(`${PODS}/b`)).toBe(403);
    });

    it("can ask what it may do", async () => {
        const { ask } = await granted([READ]);
        const review = async (resourceAttributes: object) => {
            const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
            const question = { spec: { resourceAttributes } };
            const { status, body } = await ask("POST", path, question, { user: "anna" });
            return [status, body.status];
        };
        const attributes = { verb: "list", group: "", resource: "configmaps", namespace: "shop" };
        expect(await review(attributes)).toEqual([201, { allowed: true }]);
        expect(await review({ ...attributes, verb: "watch" })).toEqual([201, { allowed: false }]);
        expect(await review({ ...attributes, namespace: "other" })).toEqual([
            201,
            { allowed: false },
        ]);
        const rules = await ask(
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
            { spec: { namespace: "shop" } },
            { user: "anna" },
        );
        expect(rules.body.status).toEqual({
            resourceRules: [READ],
            nonResourceRules: [],
            incomplete: false,
        });
    });

    it("cannot grant what it may not do itself", async () => {
        const { ask } = await granted([
            READ,
            {
                verbs: ["create"],
                apiGroups: ["rbac.authorization.k8s.io"],
                resources: ["roles", "rolebindings"],
            },
        ]);
        const role = (name: string, rules: object[]) =>
            ask("POST", `${RBAC}/roles`, { metadata: { name }, rules }, { user: "anna" });
        expect((await role("less", [{ ...READ, verbs: ["get"] }])).status).toBe(201);
        const { status, body } = await role("more", [{ ...READ, verbs: ["get", "delete"] }]);
        expect([status, body.message]).toEqual([
            403,
            'roles.rbac.authorization.k8s.io "more" is forbidden: user "anna" (groups=["makers"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["configmaps"], Verbs:["delete"]}',
        ]);
        const binding = (name: string) => ({
            metadata: { name: `to-${name}` },
            roleRef: { kind: "Role", name },
            subjects: [{ kind: "User", name: "ben" }],
        });
        const bind = (name: string) =>
            ask("POST", `${RBAC}/rolebindings`, binding(name), { user: "anna" });
        expect((await bind("less")).status).toBe(201);
        expect((await bind("nothing")).body.message).toBe(
            'roles.rbac.authorization.k8s.io "nothing" not found',
        );
    });
});
