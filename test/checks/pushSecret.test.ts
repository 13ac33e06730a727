import { readPushSecret } from "../../checks/pushSecret";
import { type FakeCluster } from "../cluster/fakeCluster";
import { beforeStack, change, load, minimal } from "../config/load";
import { base64, forbid, pushSecret, readyCluster, SECRETS } from "./fakeApi";

beforeAll(beforeStack);

let cluster: FakeCluster;
beforeEach(() => {
    cluster = readyCluster();
});

const read = async (
    registry: { server?: string; username?: string; pushSecret?: string } = { pushSecret: "push" },
) => {
    const secrets: Record<string, string> =
        registry.username === undefined ? {} : { registryPassword: "x" };
    const images = [{ name: "api", destination: `${registry.server ?? "quay.io"}/shop/api` }];
    const config = load({ ...change(minimal, { registry, images }), secrets });
    return readPushSecret(cluster, config, new AbortController().signal);
};
const robot = { username: "robot", password: "p:w" };
const auth = base64("robot:p:w");

describe("readPushSecret", () => {
    it.each<[string, object, object?]>([
        ["as oc writes it", { "quay.io": { username: "robot", password: "p:w", auth } }],
        ["as docker writes it", { "registry.example.com": { auth: "x" }, "quay.io": { auth } }],
        ["by a URL", { "https://quay.io/v2/": { auth } }],
        ["of a port", { "quay.io:8443": { auth } }, { server: "quay.io:8443" }],
        ["of Docker", { "https://index.docker.io/v1/": { auth } }, { server: "docker.io" }],
    ])("finds the account %s", async (_, auths, registry = {}) => {
        cluster.set(SECRETS, pushSecret({ auths }));

        expect(await read({ pushSecret: "push", ...registry })).toEqual({
            account: robot,
            problems: [],
        });
    });

    it.each<[string, unknown]>([
        ["another registry's account", { auths: { "quay.io.example.com": { auth } } }],
        ["no account", { auths: { "quay.io": {} } }],
        ["no user", { auths: { "quay.io": { auth: base64(":p") } } }],
        ["no password", { auths: { "quay.io": { username: "robot" } } }],
        ["no auths", {}],
        ["no JSON", "robot:p:w"],
        ["nothing", ""],
    ])("refuses a Secret with %s, by the key", async (_, content) => {
        cluster.set(SECRETS, pushSecret(content));

        expect((await read()).problems).toEqual([
            'multiarch:registry.pushSecret: the Secret "push" in the namespace shop holds no account of quay.io: expected one, in type kubernetes.io/dockerconfigjson. Make it anew: oc create secret docker-registry push --docker-server=quay.io --docker-username=ACCOUNT --docker-password=PASSWORD -n shop',
        ]);
        expect((await read()).account).toBeUndefined();
    });

    it("asks as nobody where the Secret may not be read, or is not there", async () => {
        expect((await read()).account).toEqual(robot);
        forbid(cluster, new RegExp(`^${SECRETS}/push$`));
        expect(await read()).toEqual({ problems: [] });

        cluster = readyCluster();
        cluster.remove(SECRETS, "push");
        expect(await read()).toEqual({ problems: [] });
    });

    it("asks nothing for a stack with an account of its own", async () => {
        expect(await read({ username: "robot" })).toEqual({ problems: [] });
        expect(cluster.requests).toEqual([]);
    });

    it("does not hide another error of the cluster", async () => {
        forbid(cluster, new RegExp(`^${SECRETS}/push$`), 401);

        await expect(read()).rejects.toThrow("Unauthorized");
    });
});
