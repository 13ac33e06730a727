import { ALWAYS, BUILD, credentials, DEPLOY, describeAction } from "../../checks/permissions";
import { type FakeCluster } from "../cluster/fakeCluster";
import { beforeStack, change, changeImage, minimal, type Stack } from "../config/load";
import { mayNot, problemsOn, refusalOn } from "./checked";
import { allow, forbid, readyCluster, REVIEWS, unplug } from "./fakeApi";

beforeAll(beforeStack);

let cluster: FakeCluster;
beforeEach(() => {
    cluster = readyCluster();
});
afterEach(() => {
    jest.restoreAllMocks();
});

const running = changeImage({ application: {} });

const refusal = async (stack?: Stack, isPreview?: boolean) => refusalOn(cluster, stack, isPreview);
const problems = async (stack?: Stack, isPreview?: boolean) =>
    problemsOn(cluster, stack, isPreview);

describe("missing rights", () => {
    const login = {
        ...change(running, { registry: { username: "robot" } }),
        secrets: { registryPassword: "hunter2" },
    };
    const gitLogin = {
        ...change(minimal, { gitUsername: "git" }),
        secrets: { gitPassword: "hunter2" },
    };
    const deployed = changeImage({ digest: `sha256:${"d".repeat(64)}`, application: {} });
    const scc =
        'multiarch:publisher.scc: your account may not grant "restricted-v2" to the publisher\'s ServiceAccount. ' +
        "Have a cluster administrator allow it: oc adm policy add-role-to-user system:openshift:scc:restricted-v2 " +
        '"$(oc whoami)" -n shop; or take the tool regctl, which runs under restricted-v2';
    const [push, source] = [credentials("multiarch-push"), credentials("multiarch-source")];
    const lines = (...lists: (typeof BUILD)[]) => [
        ...new Set(lists.flat().map((action) => mayNot(describeAction(action)))),
        ...(lists.includes(BUILD) ? [scc] : []),
    ];

    it.each([...new Set([...ALWAYS, ...DEPLOY, ...BUILD].map(describeAction))])(
        "are named one by one: %s",
        async (action) => {
            allow(cluster, (asked, namespace) => asked !== action && namespace === "shop");

            expect(await problems(running)).toEqual([mayNot(action)]);
        },
    );

    it.each<[string, Stack, string[]]>([
        ["a stack that only builds", minimal, lines(ALWAYS, BUILD)],
        ["one that runs what it builds", running, lines(ALWAYS, DEPLOY, BUILD)],
        ["one that only deploys", deployed, lines(ALWAYS, DEPLOY)],
        ["one with the registry's password", login, lines(ALWAYS, DEPLOY, push, BUILD)],
        ["one with Git's password", gitLogin, lines(ALWAYS, source, BUILD)],
    ])("are those that %s needs", async (_, stack, expected) => {
        allow(cluster, () => false);

        expect(await problems(stack)).toEqual(expected);
    });

    it.each([
        "use securitycontextconstraints.security.openshift.io/restricted-v2",
        "bind clusterroles.rbac.authorization.k8s.io/system:openshift:scc:restricted-v2",
    ])("are enough to grant the SCC with one of two: %s", async (action) => {
        const ways = ["use securitycontextconstraints", "bind clusterroles"];
        allow(cluster, (asked) => asked === action || !ways.some((way) => asked.startsWith(way)));

        expect(await problems(running)).toEqual([]);
    });

    it("are not asked for in a preview, which changes nothing", async () => {
        allow(cluster, () => false);

        expect(await problems(running, true)).toEqual([]);
        expect(cluster.count(`POST ${REVIEWS}`)).toBe(0);
    });
});

describe("a cluster that cannot be asked", () => {
    const text = (...reason: string[]) =>
        [
            "Nothing was changed: the cluster could not be asked whether it is ready.",
            ...reason.map((line) => `  ${line}`),
            "  See which one it is, and whether it answers: oc whoami --show-server; oc whoami",
            "",
        ].join("\n");

    it("is named, with what the network says", async () => {
        unplug(cluster);

        expect(await refusal()).toBe(
            text(
                "The cluster at https://api.example.com:6443 did not answer (get projects shop): connect ECONNREFUSED 192.0.2.1:6443",
            ),
        );
    });

    it("may want another login", async () => {
        forbid(cluster, /./, 401);

        expect(await refusal()).toBe(
            text(
                "The cluster refused to get projects shop (401 Unauthorized): no",
                "Next: log in again (oc login), or name the right context.",
            ),
        );
    });

    it("is waited for 30 s in all", async () => {
        const timeout = jest
            .spyOn(AbortSignal, "timeout")
            .mockReturnValue(AbortSignal.abort(new DOMException("timeout", "TimeoutError")));

        expect(await refusal()).toBe(text("It did not answer within 30 s."));
        expect(timeout).toHaveBeenCalledWith(30_000);
    });

    it("is not blamed for a bug", async () => {
        cluster.on("GET", /nodes/, () => {
            throw new TypeError("bug");
        });

        await expect(refusal()).rejects.toThrow(new TypeError("bug"));
    });
});
