import { digestOf } from "../../../simulator/registry/repository";
import { Registry } from "../../../simulator/registry/registry";
import type { RegistryOptions } from "../../../simulator/registry/types";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

/** A registry, and a way to ask it. */
function start(options: Partial<RegistryOptions> = {}) {
    const registry = new Registry({ now: () => 0, ...options });
    const ask = (
        method: string,
        path: string,
        body: Buffer | string = "",
        headers: Record<string, string> = {},
    ) => registry.handle({ method, path, headers, body: Buffer.from(body) });
    const push = (repository: string, bytes: Buffer) =>
        ask("POST", `/v2/${repository}/blobs/uploads/?digest=${digestOf(bytes)}`, bytes);
    return { registry, ask, push };
}

const basic = (text: string) => ({
    authorization: `Basic ${Buffer.from(text).toString("base64")}`,
});
const codeOf = ({ body }: { body: Buffer }) =>
    (JSON.parse(body.toString()) as { errors: { code: string }[] }).errors.map(({ code }) => code);
const config = Buffer.from("{}");
const layer = Buffer.from("layer");
const manifest = Buffer.from(
    JSON.stringify({ config: { digest: digestOf(config) }, layers: [{ digest: digestOf(layer) }] }),
);

describe("blobs", () => {
    it("are taken in one piece, and given out with their digest", () => {
        const { ask, push } = start();
        expect(push("shop/api", layer).status).toBe(201);
        const { status, body, headers } = ask("GET", `/v2/shop/api/blobs/${digestOf(layer)}`);
        expect([status, body.toString(), headers["docker-content-digest"]]).toEqual([
            200,
            "layer",
            digestOf(layer),
        ]);
    });

    it("are taken in chunks, in their order", () => {
        const { ask } = start();
        const place = ask("POST", "/v2/shop/api/blobs/uploads/").headers["location"] ?? "";
        expect(ask("PATCH", place, "lay", { "content-range": "0-2" }).headers["range"]).toBe("0-2");
        expect(ask("PATCH", place, "er", { "content-range": "7-8" }).status).toBe(416);
        expect(ask("PATCH", place, "er", { "content-range": "3-4" }).status).toBe(202);
        expect(ask("PUT", `${place}?digest=${digestOf(layer)}`).status).toBe(201);
        expect(ask("HEAD", `/v2/shop/api/blobs/${digestOf(layer)}`).headers["content-length"]).toBe(
            "5",
        );
    });

    it("are refused under a digest that is not theirs", () => {
        const { ask } = start();
        const refused = ask(
            "POST",
            `/v2/shop/api/blobs/uploads/?digest=${digestOf(layer)}`,
            "other",
        );
        expect([refused.status, codeOf(refused)]).toEqual([400, ["DIGEST_INVALID"]]);
        expect(ask("GET", `/v2/shop/api/blobs/${digestOf(layer)}`).status).toBe(404);
    });

    it("are mounted from another repository, or else uploaded", () => {
        const { ask, push } = start();
        push("shop/api", layer);
        const mount = `mount=${digestOf(layer)}&from=`;
        expect(ask("POST", `/v2/shop/web/blobs/uploads/?${mount}shop/api`).status).toBe(201);
        expect(ask("POST", `/v2/shop/web/blobs/uploads/?${mount}shop/none`).status).toBe(202);
    });

    it("are given out in part", () => {
        const { ask, push } = start();
        push("shop/api", layer);
        const path = `/v2/shop/api/blobs/${digestOf(layer)}`;
        const part = ask("GET", path, "", { range: "bytes=1-2" });
        expect([part.status, part.body.toString(), part.headers["content-range"]]).toEqual([
            206,
            "ay",
            "bytes 1-2/5",
        ]);
        expect(ask("GET", path, "", { range: "bytes=9-" }).status).toBe(416);
    });
});

describe("manifests", () => {
    function whole() {
        const started = start();
        started.push("shop/api", config);
        started.push("shop/api", layer);
        const put = started.ask("PUT", "/v2/shop/api/manifests/latest", manifest, {
            "content-type": MANIFEST,
        });
        return { ...started, put };
    }

    it("are named by tag and by digest, in the type that they were pushed in", () => {
        const { ask, put } = whole();
        expect(put.status).toBe(201);
        for (const name of ["latest", digestOf(manifest)]) {
            const { headers, body } = ask("GET", `/v2/shop/api/manifests/${name}`);
            expect([headers["content-type"], body.equals(manifest)]).toEqual([MANIFEST, true]);
        }
    });

    it("are refused while something in them is missing: children come before the list", () => {
        const { ask } = start();
        const refused = ask("PUT", "/v2/shop/api/manifests/latest", manifest, {
            "content-type": MANIFEST,
        });
        expect([refused.status, codeOf(refused)]).toEqual([404, ["MANIFEST_BLOB_UNKNOWN"]]);
        const list = JSON.stringify({ manifests: [{ digest: digestOf(manifest) }] });
        expect(
            ask("PUT", "/v2/shop/api/manifests/list", list, { "content-type": LIST }).status,
        ).toBe(404);
        expect(
            whole().ask("PUT", "/v2/shop/api/manifests/list", list, { "content-type": LIST })
                .status,
        ).toBe(201);
    });

    it.each([
        ["another digest", `sha256:${"0".repeat(64)}`, manifest, "DIGEST_INVALID"],
        ["what is no JSON", "latest", Buffer.from("{"), "MANIFEST_INVALID"],
        ["a tag that is none", "-x", manifest, "DIGEST_INVALID"],
    ])("are refused under %s", (_, name, bytes, code) => {
        const refused = whole().ask("PUT", `/v2/shop/api/manifests/${name}`, bytes, {
            "content-type": MANIFEST,
        });
        expect([refused.status, codeOf(refused)]).toEqual([400, [code]]);
    });

    it("lose their tags with themselves, and a tag alone", () => {
        const { ask } = whole();
        expect(ask("DELETE", "/v2/shop/api/manifests/latest").status).toBe(202);
        expect(ask("GET", `/v2/shop/api/manifests/${digestOf(manifest)}`).status).toBe(200);
        expect(ask("DELETE", `/v2/shop/api/manifests/${digestOf(manifest)}`).status).toBe(202);
        expect(codeOf(ask("GET", `/v2/shop/api/manifests/${digestOf(manifest)}`))).toEqual([
            "MANIFEST_UNKNOWN",
        ]);
    });

    it("without a tag are collected with their blobs, those behind one are not", () => {
        const { registry, ask } = whole();
        const repository = registry.repository("shop/api");
        repository.collect(1);
        expect([repository.manifests.size, repository.blobs.size]).toEqual([1, 2]);
        ask("DELETE", "/v2/shop/api/manifests/latest");
        repository.collect(0);
        expect(repository.manifests.size).toBe(1);
        repository.collect(1);
        expect([repository.manifests.size, repository.blobs.size]).toEqual([0, 0]);
    });

    it("are listed as what refers to another one, by type", () => {
        const { ask, registry } = whole();
        const subject = { digest: digestOf(manifest) };
        const of = (artifactType: string) => JSON.stringify({ artifactType, subject });
        expect(
            ask("PUT", "/v2/shop/api/manifests/sbom", of("text/sbom")).headers["oci-subject"],
        ).toBe(subject.digest);
        ask("PUT", "/v2/shop/api/manifests/sig", of("text/signature"));
        const list = (query: string) =>
            (
                JSON.parse(
                    ask("GET", `/v2/shop/api/referrers/${subject.digest}${query}`).body.toString(),
                ) as { manifests: object[] }
            ).manifests;
        expect(list("")).toHaveLength(2);
        expect(list("?artifactType=text/sbom")).toMatchObject([{ artifactType: "text/sbom" }]);
        expect(registry.repository("shop/api").tags.size).toBe(3);
    });

    it("have tags that are listed some at a time", () => {
        const { ask } = whole();
        ask("PUT", "/v2/shop/api/manifests/a", manifest, { "content-type": MANIFEST });
        const page = ask("GET", "/v2/shop/api/tags/list?n=1");
        expect(JSON.parse(page.body.toString())).toEqual({ name: "shop/api", tags: ["a"] });
        expect(page.headers["link"]).toBe('</v2/shop/api/tags/list?n=1&last=a>; rel="next"');
        expect(JSON.parse(ask("GET", "/v2/shop/api/tags/list?n=9&last=a").body.toString())).toEqual(
            { name: "shop/api", tags: ["latest"] },
        );
    });
});

describe("an account", () => {
    const accounts = { robot: { password: "p" }, reader: { password: "r", mayPush: false } };

    it("is wanted for everything, or for pushes alone", () => {
        const closed = start({ accounts });
        expect(closed.ask("GET", "/v2/").headers["www-authenticate"]).toBe(
            'Basic realm="registry"',
        );
        expect(closed.ask("GET", "/v2/", "", basic("robot:p")).status).toBe(200);
        const open = start({ accounts, publicRead: true });
        expect(open.ask("GET", "/v2/").status).toBe(200);
        expect(open.ask("POST", "/v2/shop/api/blobs/uploads/").status).toBe(401);
    });

    it.each([
        ["robot:wrong", 401],
        ["nobody:p", 401],
        ["__proto__:p", 401],
        ["reader:r", 403],
        ["robot:p", 202],
    ])("pushes as %s: %s", (account, status) => {
        const { ask } = start({ accounts });
        expect(ask("POST", "/v2/shop/api/blobs/uploads/", "", basic(account)).status).toBe(status);
    });

    it("may push no more than the quota", () => {
        const { push } = start({ quota: 6 });
        expect(push("shop/api", layer).status).toBe(201);
        expect(codeOf(push("shop/api", config))).toEqual(["DENIED"]);
    });
});

it("knows no repository before something is in it, and no name that is none", () => {
    const { ask } = start();
    expect(codeOf(ask("GET", "/v2/shop/api/tags/list"))).toEqual(["NAME_UNKNOWN"]);
    expect(codeOf(ask("GET", "/v2/Shop/api/tags/list"))).toEqual(["NAME_INVALID"]);
});

it("answers with a fault until it is taken back", () => {
    const { registry, ask } = start();
    const end = registry.intercept(() => ({ status: 503, headers: {}, body: Buffer.alloc(0) }));
    expect(ask("GET", "/v2/").status).toBe(503);
    end();
    expect(ask("GET", "/v2/").status).toBe(200);
});
