import { createHash } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

import * as pulumi from "@pulumi/pulumi";

import { type BuiltDockerfile, checkBases } from "../../checks/bases";
import { baseReference } from "../../checks/baseImage";

/** A registry that has what it is given, by digest, for everybody. */
class Bases {
    readonly requests: string[] = [];
    private readonly held = new Map<string, string>();
    private readonly server = http.createServer((request, response) => {
        this.requests.push(request.url ?? "");
        const body = this.held.get(request.url?.split("/").at(-1) ?? "");
        if (this.isSilent) {
            return;
        }
        response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    isSilent = false;

    async start(): Promise<void> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    }

    get image(): string {
        return `127.0.0.1:${(this.server.address() as AddressInfo).port}/sandbox/base`;
    }

    add(content: unknown): string {
        const body = JSON.stringify(content);
        const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
        this.held.set(digest, body);
        return digest;
    }

    addImage(architecture: string): string {
        return this.add({ config: { digest: this.add({ architecture }) } });
    }

    addList(...architectures: string[]): string {
        const manifests = architectures.map((architecture) => ({
            digest: this.addImage(architecture),
            platform: { os: "linux", architecture },
        }));
        return this.add({ manifests });
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }
}

let registry: Bases;
let warnings: jest.SpyInstance;

beforeEach(async () => {
    registry = new Bases();
    await registry.start();
    warnings = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
});

afterEach(async () => {
    jest.restoreAllMocks();
    await registry.stop();
});

const file: BuiltDockerfile = {
    url: "https://git.example.com/shop.git",
    commit: "a".repeat(40),
    contextDir: ".",
    dockerfilePath: "docker/api.Dockerfile",
    key: "multiarch:images[1].dockerfilePath",
    architectures: ["amd64", "arm64"],
    buildArgs: {},
};

async function check(text: string, changes: Partial<BuiltDockerfile> = {}, timeLimit?: number) {
    const read = () => Promise.resolve(text);
    const account = () => Promise.resolve(undefined);
    const limit = timeLimit === undefined ? {} : { timeLimit };
    await checkBases([{ ...file, ...changes }], account, { read, ...limit });
}

describe("checkBases", () => {
    it("refuses the image of one architecture for both, and says what to write in its place", async () => {
        const { image } = registry;
        const digest = registry.addImage("amd64");

        await expect(check(`# api\nFROM ${image}:1@${digest}\n`)).rejects.toThrow(
            [
                "Nothing was changed: a base image is not for what is built on it.",
                `  multiarch:images[1].dockerfilePath "docker/api.Dockerfile", line 2: ${image}@${digest} is one image, for amd64 only, and would be the base for arm64: expected the digest of a manifest list with amd64, arm64`,
                "Next:",
                `  regctl manifest head ${image}:1 (or: skopeo inspect --raw docker://${image}:1 | sha256sum); write that digest into the Dockerfile, commit and push`,
            ].join("\n"),
        );
        expect(warnings).not.toHaveBeenCalled();
    });

    it("accepts the image of the one architecture that is built, and a list with every one", async () => {
        const { image } = registry;
        await check(`FROM ${image}@${registry.addImage("arm64")}`, { architectures: ["arm64"] });
        await check(`FROM ${image}@${registry.addList("amd64", "arm64", "s390x")}`);

        expect(warnings).not.toHaveBeenCalled();
    });

    it("refuses a list that lacks an architecture", async () => {
        const digest = registry.addList("amd64", "s390x");

        await expect(check(`FROM ${registry.image}@${digest}`)).rejects.toThrow(
            "is a manifest list with amd64, s390x only, and would be the base for arm64",
        );
    });

    it("asks once for a digest, and nobody where there is none", async () => {
        const pinned = `${registry.image}@${registry.addList("amd64", "arm64")}`;
        await check(`FROM ${registry.image}:latest\nRUN true\n`);
        expect(registry.requests).toEqual([]);

        await check(`FROM ${pinned} AS a\nFROM ${pinned}\nCOPY --from=a / /\n`);
        expect(registry.requests).toHaveLength(1);
    });

    it.each([
        ["does not have it", false, "does not have it"],
        ["does not answer", true, "cannot be asked"],
    ])("warns of a base whose registry %s", async (_, isSilent, reason) => {
        registry.isSilent = isSilent;
        const pinned = `${registry.image}@sha256:${"0".repeat(64)}`;

        await check(`FROM ${pinned}`, {}, 200);

        expect(warnings).toHaveBeenCalledTimes(1);
        const [[text]] = warnings.mock.calls as [[string]];
        expect(text).toContain(`line 1: the base ${pinned} could not be checked: `);
        expect(text).toContain(reason);
    });
});

describe("baseReference", () => {
    it.each([
        ["alpine", "docker.io", "library/alpine"],
        ["docker.io/alpine:3", "docker.io", "library/alpine"],
        ["index.docker.io/shop/api", "docker.io", "shop/api"],
        ["shop/api", "docker.io", "shop/api"],
        ["quay.io/shop/api", "quay.io", "shop/api"],
        ["localhost/api", "localhost", "api"],
    ])("completes %s", (image, host, repository) => {
        expect(baseReference(image)).toMatchObject({ registry: host, repository });
    });
});
