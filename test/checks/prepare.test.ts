import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { HttpCluster } from "../../cluster/httpCluster";
import { connectionFromKubeconfig } from "../../cluster/kubeconfig";
import type { Answers } from "../../checks/answers";
import { serve } from "../../checks/serve";
import { type FakeCluster } from "../cluster/fakeCluster";
import { load, type Stack } from "../config/load";
import { allow, PROJECTS, readyCluster, REVIEWS, RULES, unplug } from "./fakeApi";
import { prepared, stack } from "./prepared";
import { makeRepository, url } from "./shopRepository";

// The client's module behind it is for import only, which jest does not load.
jest.mock("../../cluster/kubeconfig", () => ({ connectionFromKubeconfig: jest.fn() }));
jest.mock("../../cluster/httpCluster", () => ({ HttpCluster: jest.fn() }));
jest.mock("../../checks/serve", () => ({
    serve: jest.fn(),
    runFile: () => ".multiarch/run/test",
}));

const environment = { ...process.env };
const connection = { server: new URL("https://api.example.com:6443"), options: jest.fn() };

const digest = `sha256:${"d".repeat(64)}`;
let folder: string;
let commit: string;
let cluster: FakeCluster;

beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "multiarch-prepare-"));
    process.env["XDG_CACHE_HOME"] = path.join(folder, "cache");
    commit = makeRepository(folder);
});

beforeEach(() => {
    cluster = readyCluster();
    jest.mocked(connectionFromKubeconfig).mockReset().mockReturnValue(connection);
    jest.mocked(serve).mockReset();
    jest.mocked(HttpCluster)
        .mockReset()
        .mockImplementation(() => cluster as unknown as HttpCluster);
});

afterAll(() => {
    process.env = environment;
    fs.rmSync(folder, { recursive: true });
});

afterEach(() => {
    jest.restoreAllMocks();
});

describe("prepare", () => {
    it("asks what a pinned base is, in a preview too, unless all of the image is built", async () => {
        const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
        const api = { name: "api", destination: "quay.io/shop/api" };
        const images = [{ ...api, dockerfilePath: "pinned.Dockerfile" }];
        await prepared(stack({ images }), { preview: true });
        expect(warn).toHaveBeenCalledTimes(1);
        expect(warn.mock.calls[0]?.[0]).toMatch(
            /^multiarch:images\[0\]\.dockerfilePath "pinned\.Dockerfile", line 1: the base \S+ could not be checked: /,
        );

        const builtFrom = {
            commit,
            url,
            contextDir: ".",
            dockerfilePath: "pinned.Dockerfile",
            buildArgs: {},
            architectures: ["amd64", "arm64"],
            rebuild: "",
        };
        await prepared(stack({ images }), {
            preview: true,
            images: { api: { digest, builtFrom } },
        });
        expect(warn).toHaveBeenCalledTimes(1);
    });

    it("resolves every image's ref to a commit, and says what will be built", async () => {
        expect(await prepared(stack())).toMatchObject({
            commits: new Map([
                ["api", commit],
                ["web", commit],
            ]),
            said: ["api", "web"].map(
                (name) => `${name}: first build, of commit ${commit.slice(0, 12)} for amd64, arm64`,
            ),
        });
    });

    it("compares with what the last update built", async () => {
        const builtFrom = {
            commit,
            url,
            contextDir: ".",
            dockerfilePath: "Dockerfile",
            buildArgs: {},
            architectures: ["amd64", "arm64"],
            rebuild: "",
        };
        const images = {
            api: { digest, builtFrom },
            web: { digest, builtFrom: { ...builtFrom, rebuild: "x" } },
        };

        expect((await prepared(stack(), { images })).said).toEqual([
            `api: nothing to build: commit ${commit.slice(0, 12)} is built`,
            "web: builds again: rebuild x -> none",
        ]);
    });

    it("takes an image that a failed update left unfinished for one that is not built", async () => {
        const builtFrom = {
            commit,
            url,
            contextDir: ".",
            dockerfilePath: "Dockerfile",
            buildArgs: {},
            architectures: ["amd64", "arm64"],
            rebuild: "",
        };
        const before = { digest: digest.replaceAll("d", "b") };
        const images = {
            // As a version that knew them too early left them, and as this one does.
            api: { digest: pulumi.runtime.unknownValue, earlier: "x", commit, builtFrom },
            web: { digest: undefined, commit: pulumi.runtime.unknownValue },
        };
        const releases = { api: [before] };
        const { said, found } = await prepared(stack(), { images, releases });

        expect(said).toEqual(
            ["api", "web"].map(
                (name) => `${name}: first build, of commit ${commit.slice(0, 12)} for amd64, arm64`,
            ),
        );
        expect((found as Answers).releases).toEqual(new Map([["api", [before]]]));
    });

    it.each([true, false])(
        "refuses to undeclare a namespace that the stack made (preview: %s)",
        async (preview) => {
            const type = "kubernetes:core/v1:Namespace";
            const state = { "urn:x": { type, outputs: { metadata: { name: "shop" } } } };
            const given = stack({ namespace: { name: "shop", create: false } });
            const { found, said } = await prepared(given, { preview, state });

            expect((found as Error).message).toContain("multiarch:namespace.create is false");
            expect(said).toEqual([]);
            expect(serve).not.toHaveBeenCalled();
        },
    );

    it("asks the cluster that the stack names", async () => {
        const kubernetes = { context: "staging", kubeconfig: "clusters/staging.yaml" };
        await prepared(stack({ kubernetes }));
        expect(connectionFromKubeconfig).toHaveBeenLastCalledWith(kubernetes);
        expect(HttpCluster).toHaveBeenLastCalledWith(connection);

        await prepared(stack());
        expect(connectionFromKubeconfig).toHaveBeenLastCalledWith({});
    });

    it("asks for rights in an update, and not in a preview", async () => {
        await prepared(stack(), { preview: true });
        expect(cluster.count(`POST ${RULES}`)).toBe(0);

        await prepared(stack());
        expect(cluster.count(`POST ${REVIEWS}`)).toBeGreaterThan(0);
    });

    it("changes nothing in the cluster", async () => {
        await prepared(stack());

        expect(
            cluster.requests.filter(
                (it) =>
                    ![`POST ${REVIEWS}`, `POST ${RULES}`].includes(it) && !it.startsWith("GET "),
            ),
        ).toEqual([]);
    });

    it("declares the providers beside its questions, but in a first update and for the account of a Secret", async () => {
        const destination = "quay.io/shop/api";
        const api = { name: "api", destination, digest, application: {} };
        const login = {
            ...stack({ images: [api], registry: { username: "robot" } }),
            secrets: { registryPassword: "hunter2" },
        };
        const images = { api: { digest } };
        const all = [
            "pulumi:providers:command commands",
            "pulumi:providers:docker registry",
            "pulumi:providers:kubernetes cluster",
        ];

        expect((await prepared(login, { images })).providers).toEqual(all);
        expect((await prepared(login)).providers).toEqual([]);
        expect((await prepared(stack({ images: [api] }), { images })).providers).toEqual([]);
    });

    it("serves the Commands of an update, once, whether it builds or only deploys", async () => {
        await prepared(stack());
        expect(jest.mocked(serve).mock.calls).toEqual([[load(stack()), ".multiarch/run/test"]]);

        const images = [{ name: "api", destination: "quay.io/shop/api", digest, application: {} }];
        await prepared(stack({ images }));
        expect(serve).toHaveBeenCalledTimes(2);
    });

    it.each<[string, () => Stack, boolean]>([
        ["a preview", () => stack(), true],
        ["what is refused", () => stack({ git: { url, ref: "gone" } }), false],
    ])("serves no Commands for %s", async (_, given, preview) => {
        await prepared(given(), { preview });
        expect(serve).not.toHaveBeenCalled();
    });

    it("asks no Git server about images that are only deployed", async () => {
        const images = [{ name: "api", destination: "quay.io/shop/api", digest, application: {} }];
        const git = { url: "https://nowhere.example.com/x.git" };

        expect((await prepared(stack({ git, images }))).commits).toEqual(new Map());
    });

    it.each<[string, () => Stack, string]>([
        [
            "the ref",
            () => stack({ git: { url, ref: "gone" } }),
            'multiarch:git.ref: "gone" is neither a branch nor a tag of https://git.example.com/shop.git.',
        ],
        [
            "the Dockerfile",
            () =>
                stack({
                    images: [
                        {
                            name: "api",
                            destination: "quay.io/shop/api",
                            dockerfilePath: "api.Dockerfile",
                        },
                    ],
                }),
            'multiarch:images.dockerfilePath: there is no "api.Dockerfile" in commit',
        ],
        [
            "the Secret",
            () => stack({ registry: { pushSecret: "gone" } }),
            'multiarch:registry.pushSecret: there is no Secret "gone" in the namespace shop',
        ],
    ])("stops for want of %s, and says nothing of builds", async (_, given, text) => {
        for (const preview of [true, false]) {
            const { found, said } = await prepared(given(), { preview });

            expect(pulumi.RunError.isInstance(found)).toBe(true);
            expect((found as Error).message).toContain(text);
            expect(said).toEqual([]);
        }
    });

    it("stops for a cluster that does not answer, or does not allow it", async () => {
        unplug(cluster);
        const { found } = await prepared(stack(), { preview: true });
        expect(pulumi.RunError.isInstance(found)).toBe(true);
        expect((found as Error).message).toContain("https://api.example.com:6443 did not answer");

        cluster = readyCluster();
        cluster.remove(PROJECTS, "shop");
        allow(cluster, () => false);
        expect(((await prepared(stack())).found as Error).message).toContain(
            "your account may not create namespaces.",
        );
    });

    it("stops for a kubeconfig that names no cluster, in the words of the key", async () => {
        jest.mocked(connectionFromKubeconfig).mockImplementation(() => {
            throw new Error('The kubeconfig has no context "staging"; it has: dev.');
        });
        const { found } = await prepared(stack());

        expect(pulumi.RunError.isInstance(found)).toBe(true);
        expect((found as Error).message).toBe(
            'multiarch:kubernetes: The kubeconfig has no context "staging"; it has: dev.',
        );
    });
});
