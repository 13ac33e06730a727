import { DEPLOYMENTS, deployment, JOBS, map, MAPS, pod, PODS, SHOP, start } from "./started";

describe("objects", () => {
    it("get what a server gives them", async () => {
        const { ask } = await start();
        const { status, body } = await ask("POST", DEPLOYMENTS, deployment("web"));
        expect(status).toBe(201);
        expect(body.metadata).toEqual({
            name: "web",
            namespace: "shop",
            uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/) as unknown,
            resourceVersion: "4",
            generation: 1,
            creationTimestamp: "2026-11-26T00:00:00Z",
        });
        expect(body.status).toEqual({});
        expect(await ask("GET", `${DEPLOYMENTS}/web`)).toEqual({ status: 200, body });
    });

    it("have the values that are left out, as a real cluster adds them", async () => {
        const { ask } = await start();
        const { body } = await ask("POST", DEPLOYMENTS, deployment("web"));
        expect(body.spec).toEqual({
            replicas: 1,
            revisionHistoryLimit: 10,
            progressDeadlineSeconds: 600,
            strategy: {
                type: "RollingUpdate",
                rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" },
            },
            selector: { matchLabels: { app: "web" } },
            template: {
                metadata: { labels: { app: "web" } },
                spec: {
                    restartPolicy: "Always",
                    terminationGracePeriodSeconds: 30,
                    dnsPolicy: "ClusterFirst",
                    securityContext: {},
                    schedulerName: "default-scheduler",
                    containers: [
                        {
                            name: "web",
                            image: "quay.io/shop/web:1",
                            imagePullPolicy: "IfNotPresent",
                            resources: {},
                            terminationMessagePath: "/dev/termination-log",
                            terminationMessagePolicy: "File",
                        },
                    ],
                },
            },
        });
    });

    it("of a Job find their pods by its uid", async () => {
        const { ask } = await start();
        const spec = { containers: [{ name: "a", image: "b" }], restartPolicy: "Never" };
        const { body } = await ask("POST", JOBS, {
            metadata: { name: "publish" },
            spec: { template: { spec } },
        });
        const { uid } = body.metadata;
        expect(body.spec).toMatchObject({
            parallelism: 1,
            completions: 1,
            backoffLimit: 6,
            completionMode: "NonIndexed",
            suspend: false,
            manualSelector: false,
            podReplacementPolicy: "TerminatingOrFailed",
            selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
            template: {
                metadata: {
                    labels: {
                        "batch.kubernetes.io/controller-uid": uid,
                        "batch.kubernetes.io/job-name": "publish",
                        "controller-uid": uid,
                        "job-name": "publish",
                    },
                },
            },
        });
    });

    it("are refused in the words of Kubernetes", async () => {
        const { ask } = await start();
        await ask("POST", PODS, pod("a"));
        const refused = async (method: string, path: string, body?: unknown) => {
            const { status, body: answer } = await ask(method, path, body);
            return [status, answer.reason, answer.message];
        };
        expect(await refused("POST", PODS, pod("a"))).toEqual([
            409,
            "AlreadyExists",
            'pods "a" already exists',
        ]);
        expect(await refused("GET", `${DEPLOYMENTS}/b`)).toEqual([
            404,
            "NotFound",
            'deployments.apps "b" not found',
        ]);
        expect(await refused("GET", "/apis/apps/v1/namespaces/shop/nothings")).toEqual([
            404,
            "NotFound",
            "the server could not find the requested resource",
        ]);
        expect(await refused("POST", "/api/v1/namespaces/none/pods", pod("a"))).toEqual([
            404,
            "NotFound",
            'namespaces "none" not found',
        ]);
        expect(await refused("POST", PODS, { metadata: { name: "b" }, spec: {} })).toEqual([
            422,
            "Invalid",
            'Pod "b" is invalid: spec.containers: Required value',
        ]);
        expect(await refused("POST", MAPS, map("b", {}, { namespace: "other" }))).toEqual([
            400,
            "BadRequest",
            "the namespace of the provided object does not match the namespace sent on the request",
        ]);
        expect(await refused("PATCH", `${PODS}/a`, { spec: { nodeName: "n" } })).toEqual([
            422,
            "Invalid",
            'Pod "a" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
        ]);
        expect(await refused("POST", MAPS, map("c", {}, { labels: { app: "two words" } }))).toEqual(
            [
                422,
                "Invalid",
                expect.stringMatching(
                    /^ConfigMap "c" is invalid: metadata.labels: Invalid value: "two words": a valid label must be an empty string or/,
                ),
            ],
        );
        expect(await refused("PUT", PODS, pod("a"))).toEqual([
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        ]);
    });

    it("are named by the server where they ask for it: other names each time, the same in each run", async () => {
        const made = async () => {
            const { ask } = await start();
            const generated = { ...map(""), metadata: { generateName: "web-" } };
            const one = await ask("POST", MAPS, generated);
            const other = await ask("POST", MAPS, generated);
            return [one, other].map(({ body }) => body.metadata.name);
        };
        const [one = "", other = ""] = await made();
        expect(one).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
        expect(other).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
        expect(other).not.toBe(one);
        expect(await made()).toEqual([one, other]);
    });

    it("keep their version where nothing changes, and get a new generation for a new specification alone", async () => {
        const { ask } = await start();
        const { body: made } = await ask("POST", DEPLOYMENTS, deployment("web"));
        const same = await ask("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 1 } });
        expect(same.body.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
        const labelled = await ask("PATCH", `${DEPLOYMENTS}/web`, {
            metadata: { labels: { a: "b" } },
        });
        expect(labelled.body.metadata.generation).toBe(1);
        const scaled = await ask("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 3 } });
        expect(scaled.body.metadata.generation).toBe(2);
        const told = await ask("PATCH", `${DEPLOYMENTS}/web/status`, {
            spec: { replicas: 9 },
            status: { replicas: 3 },
        });
        expect([told.body.metadata.generation, told.body.spec?.["replicas"]]).toEqual([2, 3]);
        expect(told.body.status).toEqual({ replicas: 3 });
        const kept = await ask("PATCH", `${DEPLOYMENTS}/web`, { status: { replicas: 9 } });
        expect(kept.body.status).toEqual({ replicas: 3 });
    });

    it("are replaced by whoever has seen their newest version", async () => {
        const { ask } = await start();
        const { body: made } = await ask("POST", MAPS, map("a", { x: "1" }));
        const { body: next } = await ask("PUT", `${MAPS}/a`, { ...made, data: { x: "2" } });
        expect(next).toMatchObject({ data: { x: "2" }, metadata: { uid: made.metadata.uid } });
        expect(await ask("PUT", `${MAPS}/a`, { ...made, data: { x: "3" } })).toMatchObject({
            status: 409,
            body: {
                reason: "Conflict",
                message:
                    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
            },
        });
        expect(await ask("PUT", `${MAPS}/b`, made)).toMatchObject({ status: 404 });
        expect(await ask("PUT", `${MAPS}/a`, map("b"))).toMatchObject({
            status: 400,
            body: {
                message: "the name of the object (b) does not match the name on the URL (a)",
            },
        });
    });

    it("are only tried by a dry run", async () => {
        const { ask, api } = await start();
        const version = api.store.currentVersion;
        const tried = await ask("POST", `${MAPS}?dryRun=All`, map("a"));
        expect(tried).toMatchObject({ status: 201, body: { metadata: { name: "a" } } });
        expect(tried.body.metadata.resourceVersion).toBeUndefined();
        expect((await ask("GET", `${MAPS}/a`)).status).toBe(404);
        expect(await ask("DELETE", `${SHOP}?dryRun=All`)).toMatchObject({ status: 200 });
        expect(api.store.currentVersion).toBe(version);
    });

    it.each([
        [
            "a Secret's type",
            `${SHOP}/secrets`,
            { metadata: { name: "a" }, stringData: { x: "1" } },
            { type: "other" },
            'Secret "a" is invalid: type: Invalid value: "other": field is immutable',
        ],
        [
            "a sealed ConfigMap's data",
            MAPS,
            { ...map("a", { x: "1" }), immutable: true },
            { data: { x: "2" } },
            'ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set',
        ],
        [
            "a Deployment's selector",
            DEPLOYMENTS,
            deployment("a"),
            {
                spec: {
                    selector: { matchLabels: { app: "b" } },
                    template: { metadata: { labels: { app: "b" } } },
                },
            },
            'Deployment.apps "a" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
        ],
        [
            "a RoleBinding's role",
            "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings",
            { metadata: { name: "a" }, roleRef: { kind: "ClusterRole", name: "view" } },
            { roleRef: { name: "edit" } },
            'RoleBinding.rbac.authorization.k8s.io "a" is invalid: roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"}: cannot change roleRef',
        ],
        [
            "a Service's address",
            `${SHOP}/services`,
            { metadata: { name: "a" }, spec: { clusterIP: "172.30.0.1", ports: [{ port: 80 }] } },
            { spec: { clusterIP: "172.30.0.9" } },
            'Service "a" is invalid: spec.clusterIPs[0]: Invalid value: ["172.30.0.9"]: may not change once set',
        ],
    ])("never change in %s", async (_, collection, made, change, message) => {
        const { ask } = await start();
        expect((await ask("POST", collection, made)).status).toBe(201);
        const answer = await ask("PATCH", `${collection}/a`, change);
        expect([answer.status, answer.body.message]).toEqual([422, message]);
    });

    it("of a Job keep their template", async () => {
        const { ask } = await start();
        const template = (image: string) => ({
            spec: { containers: [{ name: "a", image }], restartPolicy: "Never" },
        });
        await ask("POST", JOBS, { metadata: { name: "a" }, spec: { template: template("one") } });
        const { status, body } = await ask(
            "PATCH",
            `${JOBS}/a`,
            { spec: { template: template("two") } },
            { headers: { "content-type": "application/merge-patch+json" }, user: "system:admin" },
        );
        expect(status).toBe(422);
        expect(body.message).toMatch(
            /^Job\.batch "a" is invalid: spec\.template: Invalid value: \{.*\}: field is immutable$/,
        );
    });

    it("hold a Secret's texts in base64, and drop what is empty", async () => {
        const { ask } = await start();
        const secret = {
            metadata: { name: "a", labels: {} },
            stringData: { token: "s3cret" },
            data: { old: "YQ==" },
        };
        const { body } = await ask("POST", `${SHOP}/secrets`, secret);
        expect(body).toEqual({
            apiVersion: "v1",
            kind: "Secret",
            metadata: expect.not.objectContaining({ labels: {} }) as unknown,
            type: "Opaque",
            data: { token: "czNjcmV0", old: "YQ==" },
        });
    });

    it("of OpenShift drop false and zero as well", async () => {
        const { ask } = await start();
        const path = "/apis/build.openshift.io/v1/namespaces/shop/buildconfigs";
        const { body } = await ask("POST", path, {
            metadata: { name: "web" },
            spec: {
                source: { git: { uri: "https://git.example.com/web.git" } },
                strategy: { dockerStrategy: { noCache: false, buildArgs: [], dockerfilePath: "" } },
                successfulBuildsHistoryLimit: 0,
                completionDeadlineSeconds: 0,
            },
        });
        expect(body.spec).toEqual({
            runPolicy: "Serial",
            resources: {},
            postCommit: {},
            source: { type: "Git", git: { uri: "https://git.example.com/web.git" } },
            strategy: { type: "Docker", dockerStrategy: {} },
            successfulBuildsHistoryLimit: 0,
            failedBuildsHistoryLimit: 5,
        });
        expect(body.status).toEqual({ lastVersion: 0 });
    });
});
