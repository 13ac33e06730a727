import { SHOP, start } from "./started";

const IMAGES = "/apis/image.openshift.io/v1";
const STREAMS = `${IMAGES}/namespaces/shop/imagestreams`;
const DIGEST = `sha256:${"a".repeat(64)}`;

async function tagged() {
    const started = await start();
    const { ask } = started;
    await ask("POST", STREAMS, { metadata: { name: "web" } });
    await ask("POST", `${IMAGES}/images`, {
        metadata: { name: DIGEST },
        dockerImageMetadata: { Architecture: "arm64" },
    });
    const items = [{ created: "2026-11-26T00:00:00Z", image: DIGEST, generation: 1 }];
    await ask("PATCH", `${STREAMS}/web/status`, { status: { tags: [{ tag: "latest", items }] } });
    return started;
}

describe("an image stream", () => {
    it("is told where its images are", async () => {
        const { ask } = await start();
        const { body } = await ask("POST", STREAMS, { metadata: { name: "web" } });
        expect([body.spec, body.status]).toEqual([
            { lookupPolicy: { local: false } },
            {
                dockerImageRepository: "image-registry.openshift-image-registry.svc:5000/shop/web",
            },
        ]);
    });

    it("shows its images by their digests, and those alone", async () => {
        const { ask } = await tagged();
        const path = `${IMAGES}/namespaces/shop/imagestreamimages`;
        expect(await ask("GET", `${path}/web@${DIGEST}`)).toMatchObject({
            status: 200,
            body: {
                kind: "ImageStreamImage",
                metadata: { name: `web@${DIGEST}`, namespace: "shop" },
                image: {
                    metadata: { name: DIGEST },
                    dockerImageMetadata: { Architecture: "arm64" },
                },
            },
        });
        const other = `web@sha256:${"b".repeat(64)}`;
        expect(await ask("GET", `${path}/${other}`)).toMatchObject({
            status: 404,
            body: { message: `imagestreamimage.image.openshift.io "${other}" not found` },
        });
    });

    it("loses a tag, and keeps it no longer in mind", async () => {
        const { ask } = await tagged();
        const path = `${IMAGES}/namespaces/shop/imagestreamtags`;
        expect((await ask("GET", `${path}/web:latest`)).body).toMatchObject({
            kind: "ImageStreamTag",
            image: { metadata: { name: DIGEST } },
        });
        expect((await ask("GET", path)).body.items).toHaveLength(1);
        expect((await ask("DELETE", `${path}/web:latest`)).status).toBe(200);
        expect(await ask("DELETE", `${path}/web:latest`)).toMatchObject({
            status: 404,
            body: { message: 'imagestreamtags.image.openshift.io "web:latest" not found' },
        });
    });
});

describe("a project", () => {
    it("is a namespace under another name", async () => {
        const { ask } = await start();
        const path = "/apis/project.openshift.io/v1/projects";
        expect((await ask("GET", `${path}/shop`)).body).toMatchObject({
            kind: "Project",
            apiVersion: "project.openshift.io/v1",
            metadata: { name: "shop" },
            status: { phase: "Active" },
        });
        expect(await ask("GET", `${path}/none`)).toMatchObject({
            status: 404,
            body: { message: 'namespaces "none" not found' },
        });
        const asked = await ask("POST", "/apis/project.openshift.io/v1/projectrequests", {
            metadata: { name: "new" },
            displayName: "New",
        });
        expect([asked.status, asked.body.metadata.annotations]).toEqual([
            201,
            { "openshift.io/display-name": "New" },
        ]);
    });
});

describe("what there is", () => {
    it("is told to whoever asks first", async () => {
        const { ask } = await start();
        expect((await ask("GET", "/version")).body).toMatchObject({ gitVersion: "v1.36.2" });
        expect((await ask("GET", "/api")).body).toMatchObject({ versions: ["v1"] });
        const { body } = await ask("GET", "/apis/build.openshift.io/v1");
        const { resources } = body as unknown as { resources: { name: string }[] };
        expect(resources.map(({ name }) => name)).toEqual([
            "buildconfigs",
            "builds",
            "buildconfigs/instantiate",
            "builds/log",
        ]);
        expect((await ask("GET", "/apis/nobody.example.com/v1")).status).toBe(404);
        expect((await ask("GET", "/openapi/v3/apis/apps/v1")).status).toBe(200);
    });

    it("is shown in tables where they are asked for", async () => {
        const { ask } = await start();
        const headers = {
            authorization: "",
            accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
        };
        const { body } = await ask("GET", `${SHOP}/serviceaccounts`, undefined, {
            user: "system:admin",
            headers,
        });
        expect(body).toMatchObject({
            kind: "Table",
            columnDefinitions: [{ name: "Name" }, { name: "Age" }],
            rows: [{ cells: ["default", "0s"] }],
        });
    });
});
