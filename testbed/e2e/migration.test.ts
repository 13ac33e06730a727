import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseAllDocuments } from "yaml";

import { internalRegistry, quay } from "../sandbox/settings";
import { Probe } from "./probe";
import { run, succeeded } from "./run";
import { StackSet } from "./stackSet";

/** An object of the seed's manifests, as far as it is looked at. */
interface Manifest {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly data?: Readonly<Record<string, string>>;
}

/** The seed's resources, made by hand as its guide says, become a stack's; each test goes on from the one before. */
describe("migration from the seed's manifests", () => {
    let set: StackSet;
    let namespace = "";
    let probe: Probe | undefined;
    /** The pod of the seed's Deployment. */
    let old = "";

    const oc = async (...args: string[]) => succeeded(await run(["oc", "-n", namespace, ...args]));
    const get = async (object: string, path: string) =>
        oc("get", object, "-o", `jsonpath={${path}}`);

    /** A manifest of the seed, with other names of hosts, namespace and branch. */
    const seed = (file: string) =>
        readFileSync(join(__dirname, "seed", `guide-${file}.yaml`), "utf8")
            .replaceAll("kubernaut-system", namespace)
            .replaceAll("https://github.com/jordigilh/kubernaut.git", set.repository.url)
            .replaceAll("feature/phase2_services", "main")
            .replaceAll("quay.io/jordigilh", `quay.io/${namespace}`);
    const objects = (file: string) =>
        parseAllDocuments(seed(file)).map((document) => document.toJS() as Manifest);
    const apply = async (...manifests: Manifest[]) => {
        const items = { apiVersion: "v1", kind: "List", items: manifests };
        succeeded(await run(["oc", "apply", "-f", "-"], { input: JSON.stringify(items) }));
    };

    const onNodesOf = async (config: string, nodeSelector: object | null) =>
        oc("patch", config, "--type=merge", "-p", JSON.stringify({ spec: { nodeSelector } }));

    /** The first image, by hand: two builds, and the list that the seed's Job makes of them. */
    async function buildByHand(): Promise<void> {
        await Promise.all(
            ["amd64", "arm64"].map(async (architecture) => {
                const config = `bc/context-api-${architecture}`;
                // The sandbox's base image is private, unlike the seed's.
                await oc("set", "build-secret", "--pull", config, "quay-io-push-secret");
                // Without a node selector, as the seed has them, now and then both images are for one architecture.
                await onNodesOf(config, { "kubernetes.io/arch": architecture });
                await oc("start-build", config, "--wait");
                await onNodesOf(config, null);
            }),
        );
        const token = (await oc("create", "token", "builder")).trim();
        const folder = mkdtempSync(join(tmpdir(), "multiarch-seed-"));
        const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });
        const auths = {
            [internalRegistry]: auth(`serviceaccount:${token}`),
            [quay.host]: auth(`${quay.user}:${quay.password}`),
        };
        writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }), { mode: 0o600 });
        const built = `${internalRegistry}/${namespace}/context-api:latest`;
        const create = ["regctl", "index", "create", `quay.io/${namespace}/context-api:latest`];
        const refs = ["--ref", `${built}-amd64`, "--ref", `${built}-arm64`];
        const env = { DOCKER_CONFIG: folder, REGCTL_CONFIG: join(folder, "regctl.json") };
        succeeded(await run([...create, ...refs], { env }));
        rmSync(folder, { recursive: true });
    }

    beforeAll(async () => {
        set = await StackSet.create("migration");
        namespace = set.id;
        succeeded(await run(["oc", "create", "namespace", namespace]));
        const account = [`--docker-username=${quay.user}`, `--docker-password=${quay.password}`];
        const secret = ["docker-registry", "quay-io-push-secret", `--docker-server=${quay.host}`];
        await oc("create", "secret", ...secret, ...account);
        await oc("secrets", "link", "builder", "quay-io-push-secret");
        await oc("secrets", "link", "default", "quay-io-push-secret", "--for=pull");
        await apply(...objects("build"));
        await buildByHand();
        await apply(...objects("config"));
        await apply(...objects("service"));
        await oc("rollout", "status", "deployment/context-api", "--timeout=120s");
        // A Service answers up to a second after its pods are ready: kube-proxy writes its rules at most that often.
        await set.answer(namespace);
        probe = Probe.start(
            `http://${await get("service/context-api", ".spec.clusterIP")}:8091/health`,
        );
    });

    afterAll(async () => {
        await probe?.stop();
        await set.remove(namespace);
    });

    it("does not take over what it is not told to", async () => {
        const content = objects("config")[0]?.data?.["config.yaml"];
        await set.add("migrated", {
            namespace: { name: namespace, create: false },
            git: { url: set.repository.url },
            registry: { username: quay.user },
            images: [
                {
                    name: "context-api",
                    dockerfilePath: "docker/context-api.Dockerfile",
                    destination: `quay.io/${namespace}/context-api`,
                    application: {
                        partOf: "kubernaut",
                        args: ["--config", "/etc/context-api/config.yaml"],
                        secretEnv: [
                            {
                                name: "DB_PASSWORD",
                                secret: "context-api-db-secret",
                                key: "password",
                            },
                        ],
                        configFile: { path: "/etc/context-api/config.yaml", content },
                    },
                },
            ],
        });
        const image = await get(
            "deployment/context-api",
            ".spec.template.spec.containers[0].image",
        );

        const { code, text } = await set.up("migrated");

        expect(code).not.toBe(0);
        expect(text).toContain("already exists");
        expect(await get("deployment/context-api", ".spec.template.spec.containers[0].image")).toBe(
            image,
        );
    });

    it("lets the seed's pod serve on while its Deployment makes room", async () => {
        const pods = ["-l", "app=context-api,!job-name,!openshift.io/build.name", "-o", "name"];
        old = (await oc("get", "pods", ...pods)).trim();
        const replicaSet = (
            await oc("get", "replicasets", "-l", "app=context-api", "-o", "name")
        ).trim();

        await oc("delete", "deployment/context-api", "--cascade=orphan");
        await oc("delete", replicaSet, "--cascade=orphan");

        expect(old).toMatch(/^pod\/context-api-[a-z0-9]+-[a-z0-9]+$/);
        expect(await get(old, ".status.phase")).toBe("Running");
    });

    it("takes over the same objects with kubernetes.adopt", async () => {
        const names = ["imagestream", "bc/context-api-amd64", "bc/context-api-arm64", "configmap"]
            .map((name) => (name.includes("/") ? name : `${name}/context-api`))
            .map((name) => name.replace("configmap/context-api", "configmap/context-api-config"));
        const all = [...names, "service/context-api"];
        const uids = async () => Promise.all(all.map(async (name) => get(name, ".metadata.uid")));
        const before = await uids();
        set.edit("migrated", (text) =>
            text.replace("config:\n", "config:\n  multiarch:kubernetes: { adopt: true }\n"),
        );

        succeeded(await set.up("migrated"));

        expect(await uids()).toEqual(before);
        expect(await get("bc/context-api-arm64", ".spec.nodeSelector")).toBe(
            '{"kubernetes.io/arch":"arm64"}',
        );
        const { "context-api": image } = await set.outputs("migrated");
        expect(await get("deployment/context-api", ".spec.template.spec.containers[0].image")).toBe(
            image?.reference,
        );
    });

    it("needs the key no longer, and changes nothing more, with the old pod out of the Service", async () => {
        await oc("label", old, "app-");
        set.edit("migrated", (text) => text.replace(/ {2}multiarch:kubernetes:.*\n/, ""));

        succeeded(await set.up("migrated"));
        const text = succeeded(await set.preview("migrated", "--refresh", "--expect-no-changes"));

        expect(text).toContain("context-api: nothing to build");
    });

    it("lets go of what has no part in it any more", async () => {
        // It ends at once when it is told to, so no node may send it requests any more.
        const slices = ["endpointslices", "-l", "kubernetes.io/service-name=context-api"];
        const path = "{.items[*].endpoints[*].targetRef.name}";
        const pods = (await oc("get", ...slices, "-o", `jsonpath=${path}`)).split(" ");
        expect(pods).toHaveLength(1);
        expect(pods).not.toContain(old.replace("pod/", ""));
        await oc("delete", old);
        const names = ["job/context-api-manifest-push", "rolebinding", "role", "serviceaccount"];
        const left = names.map((name) =>
            name.includes("/") ? name : `${name}/context-api-manifest-builder`,
        );
        await oc("delete", ...left);
        await oc("secrets", "unlink", "builder", "quay-io-push-secret");
        await oc("secrets", "unlink", "default", "quay-io-push-secret");
        await oc("delete", "secret/quay-io-push-secret");

        const text = succeeded(await set.up("migrated"));

        expect(text).toMatch(/\b\d+ unchanged/);
        expect(text).not.toMatch(/\b\d+ (created|updated|replaced|deleted)/);
    });

    it("has answered throughout", async () => {
        const { answered, failed } = (await probe?.stop()) ?? { answered: 0, failed: [] };
        probe = undefined;

        expect(answered).toBeGreaterThan(100);
        expect(failed).toEqual([]);
    });
});
