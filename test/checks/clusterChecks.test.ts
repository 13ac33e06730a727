import { type FakeCluster } from "../cluster/fakeCluster";
import { beforeStack, change, changeImage, minimal, type Stack } from "../config/load";
import { mayNot, problemsOn, refusalOn } from "./checked";
import { allow, forbid, NODES, node, PROJECTS, readyCluster, SECRETS } from "./fakeApi";

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

const refusal = async (stack?: Stack, isPreview?: boolean) => refusalOn(cluster, stack, isPreview);
const problems = async (stack?: Stack, isPreview?: boolean) =>
    problemsOn(cluster, stack, isPreview);

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
