import * as pulumi from "@pulumi/pulumi";

import { checkCluster } from "../../../preflight/cluster";
import { ALWAYS, BUILD, CREDENTIALS, DEPLOY, describeAction } from "../../../preflight/permissions";
import { type FakeCluster } from "../build/fakeCluster";
import { beforeStack, change, changeImage, load, minimal, type Stack } from "../config/load";
import {
    allow,
    forbid,
    NODES,
    node,
    PROJECTS,
    readyCluster,
    REVIEWS,
    SECRETS,
    unplug,
} from "./fakeApi";

beforeAll(beforeStack);

let cluster: FakeCluster;
beforeEach(() => {
    cluster = readyCluster();
});
afterEach(() => {
    jest.restoreAllMocks();
});

const shop = { namespace: { name: "shop", create: false } };
const running = changeImage({ application: {} });
const SEE_NODES = "see: oc get nodes -L kubernetes.io/arch";
const CREATE_NAMESPACE =
    "your account may not create namespaces. Have shop created (oc new-project shop), then: pulumi config set --path multiarch:namespace.create false";

function noSecret(key: string, name: string): string {
    return `multiarch:${key}: there is no Secret "${name}" in the namespace shop; see: oc get secrets -n shop`;
}

function mayNot(action: string): string {
    return `your account may not ${action} in the namespace shop. Have it granted, e.g.: oc policy add-role-to-user admin "$(oc whoami)" -n shop`;
}

/** The whole text that a stack is refused with; nothing when it is not. */
async function refusal(stack: Stack = minimal, isPreview = false): Promise<string | undefined> {
    try {
        await checkCluster(cluster, load(stack), isPreview);
        return undefined;
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) {
            return error.message;
        }
        throw error;
    }
}

/** The problems that a stack is refused for. */
async function problems(stack: Stack = minimal, isPreview = false): Promise<string[]> {
    const text = await refusal(stack, isPreview);
    const [headline, ...lines] = text?.trimEnd().split("\n") ?? [];
    expect([undefined, "Nothing was changed: the cluster is not ready for it."]).toContain(
        headline,
    );
    return lines.map((line) => line.replace(/^ {2}(?! )/, ""));
}

describe("checkCluster", () => {
    it.each([true, false])("accepts a cluster that has everything (preview: %s)", async (it) => {
        expect(await refusal(running, it)).toBeUndefined();
    });

    it("says all of it in one error, each in a line of its own", async () => {
        cluster.remove(SECRETS, "push");
        cluster.remove(NODES, "two");
        allow(cluster, (action) => action !== "patch pods");

        expect(await refusal()).toBe(
            [
                "Nothing was changed: the cluster is not ready for it.",
                `  architecture "arm64": the cluster has no such node, only amd64. Leave it out of multiarch:architectures, or add a node; ${SEE_NODES}`,
                `  ${noSecret("registry.pushSecret", "push")}`,
                `  ${mayNot("patch pods")}`,
                "",
            ].join("\n"),
        );
    });
});

describe("a missing namespace", () => {
    const missing =
        'multiarch:namespace.name: there is no namespace "shop". Create it (oc new-project shop), or let the stack do it: pulumi config set --path multiarch:namespace.create true';
    beforeEach(() => {
        cluster.remove(PROJECTS, "shop");
    });

    it.each([true, false])("is the only problem when it is taken as given (%s)", async (it) => {
        // Its Secrets and rights are missing with it.
        cluster.remove(SECRETS, "push");
        allow(cluster, () => false);

        expect(await problems(change(minimal, shop), it)).toEqual([missing]);
        expect(cluster.count("POST")).toBe(0);
        expect(cluster.count(`GET ${SECRETS}`)).toBe(0);
    });

    it("is none when the stack creates it, and its Secrets come later", async () => {
        cluster.remove(SECRETS, "push");
        allow(cluster, (action, namespace) => `${action} ${namespace}` === CREATES);

        expect(await problems()).toEqual([]);
        expect(cluster.bodies).toEqual([
            {
                apiVersion: "authorization.k8s.io/v1",
                kind: "SelfSubjectAccessReview",
                spec: {
                    resourceAttributes: { verb: "create", group: "", resource: "namespaces" },
                },
            },
        ]);
    });

    it("cannot be created by an account that may not", async () => {
        allow(cluster, () => false);

        expect(await problems()).toEqual([CREATE_NAMESPACE]);
        expect(await problems(minimal, true)).toEqual([]);
    });

    it("is unknown to an account that may not ask: the rights in it decide", async () => {
        forbid(cluster, new RegExp(`^${PROJECTS}/shop$`));
        expect(await problems(change(minimal, shop))).toEqual([]);

        allow(cluster, (action) => action !== "create jobs.batch");
        expect(await problems(change(minimal, shop))).toEqual([mayNot("create jobs.batch")]);
    });
});

// No namespace is named: it is a right on the cluster.
const CREATES = "create namespaces undefined";

describe("missing Secrets", () => {
    const image = { name: "api", destination: "quay.io/shop/api" };
    const env = (name: string, secret: string) => ({ name, secret, key: "password" });

    it.each<[string, string, Stack]>([
        ["registry.pushSecret", "gone", change(minimal, { registry: { pushSecret: "gone" } })],
        [
            "git.sourceSecret",
            "gone",
            change(minimal, {
                git: { url: "https://git.example.com/x.git", sourceSecret: "gone" },
            }),
        ],
        [
            "images[1].git.sourceSecret",
            "gone",
            change(minimal, {
                images: [
                    image,
                    {
                        name: "web",
                        destination: "quay.io/shop/web",
                        git: { url: "https://elsewhere.example.com/x.git", sourceSecret: "gone" },
                    },
                ],
            }),
        ],
        [
            "images[1].application.secretEnv[1].secret",
            "gone",
            change(minimal, {
                images: [
                    image,
                    {
                        name: "web",
                        destination: "quay.io/shop/web",
                        application: { secretEnv: [env("A", "push"), env("B", "gone")] },
                    },
                ],
            }),
        ],
    ])("are named by their key: %s", async (key, name, stack) => {
        expect(await problems(stack)).toEqual([noSecret(key, name)]);
        expect(await problems(stack, true)).toEqual([noSecret(key, name)]);
    });

    it("are named once for each key that names them, and the stack's once for all images", async () => {
        const stack = change(minimal, {
            git: { url: "https://git.example.com/x.git", sourceSecret: "gone" },
            registry: { pushSecret: "gone" },
            images: [
                { ...image, application: { secretEnv: [env("A", "gone"), env("B", "gone")] } },
                { name: "web", destination: "quay.io/shop/web" },
            ],
        });

        expect(await problems(stack)).toEqual([
            noSecret("registry.pushSecret", "gone"),
            noSecret("git.sourceSecret", "gone"),
            noSecret("images[0].application.secretEnv[0].secret", "gone"),
            noSecret("images[0].application.secretEnv[1].secret", "gone"),
        ]);
    });

    it("are not known to an account that may not read any", async () => {
        cluster.remove(SECRETS, "push");
        forbid(cluster, new RegExp(`^${SECRETS}`));

        expect(await problems()).toEqual([]);
    });

    it("are not asked for when the stack makes them", async () => {
        const stack = {
            ...change(minimal, { registry: { username: "robot" } }),
            secrets: { registryPassword: "hunter2" },
        };

        expect(await problems(stack)).toEqual([]);
        expect(cluster.count(`GET ${SECRETS}`)).toBe(0);
    });
});

describe("missing nodes", () => {
    it("are looked for once for each architecture, those of the images before the stack's", async () => {
        const images = [
            { name: "api", destination: "quay.io/shop/api", architectures: ["amd64", "s390x"] },
            { name: "web", destination: "quay.io/shop/web", architectures: ["s390x"] },
        ];
        cluster.remove(NODES, "two");

        expect(await problems(change(minimal, { images }))).toEqual([
            `architecture "s390x": the cluster has no such node, only amd64. Leave it out of multiarch:architectures, or add a node; ${SEE_NODES}`,
        ]);
    });

    it("do not matter to what is only deployed", async () => {
        cluster.remove(NODES, "one");
        cluster.remove(NODES, "two");
        const digest = `sha256:${"d".repeat(64)}`;

        expect(await problems(changeImage({ digest, application: {} }))).toEqual([]);
    });

    it("are seen in a preview as well", async () => {
        cluster.set(NODES, node("two", "arm64", { cordoned: true }));

        expect(await problems(minimal, true)).toEqual([
            `architecture "arm64": no node takes pods (two: not Ready, or cordoned); ${SEE_NODES}`,
        ]);
    });

    it("are not known to an account that may not list them", async () => {
        cluster.remove(NODES, "two");
        forbid(cluster, new RegExp(`^${NODES}$`));

        expect(await problems()).toEqual([]);
    });
});

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
    const lines = (...lists: (typeof BUILD)[]) => [
        ...lists.flat().map((action) => mayNot(describeAction(action))),
        ...(lists.includes(BUILD) ? [scc] : []),
    ];

    it.each([...ALWAYS, ...DEPLOY, ...BUILD].map(describeAction))(
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
        ["one with the registry's password", login, lines(ALWAYS, DEPLOY, CREDENTIALS, BUILD)],
        ["one with Git's password", gitLogin, lines(ALWAYS, CREDENTIALS, BUILD)],
    ])("are those that %s needs", async (_, stack, expected) => {
        allow(cluster, () => false);

        expect(await problems(stack)).toEqual(expected);
    });

    it.each([
        "use securitycontextconstraints.security.openshift.io",
        "bind clusterroles.rbac.authorization.k8s.io",
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
