import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type PromoteRequest, parsePromote } from "../../../cli/promotion/arguments";
import { promote } from "../../../cli/promotion/promote";
import { FakeCluster } from "../../cluster/fakeCluster";
import { FakeRegistry, commit, login } from "../../registry/fakeRegistry";

let registry: FakeRegistry;
let folder: string;
let digest: string;
let said: string;
/** Called when the user is asked, which is when time passes between reading and writing. */
let meanwhile: () => void;
let outputs: Record<string, unknown>;
let deployment: Record<string, unknown>;
const asked: string[] = [];

const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
const file = (stack: string) => join(folder, `Pulumi.${stack}.yaml`);
const read = (stack: string) => readFileSync(file(stack), "utf8");
const reference = () => `${registry.host}/shop/api@${digest}`;

function stackText(stack: string, extra = ""): string {
    return `config:
  multiarch:namespace: {name: shop-${stack}}
  multiarch:registry:
    username: robot
  multiarch:registryPassword:
    secure: v1:abc
  multiarch:images:
    - name: api
      destination: ${registry.host}/shop/api
      application: {}
${extra}`;
}

function running(image: string, status: object = {}, name = "api"): Record<string, unknown> {
    return {
        metadata: { generation: 2 },
        spec: { replicas: 2, template: { spec: { containers: [{ name, image }] } } },
        status: {
            ...{ observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
            ...status,
        },
    };
}

beforeEach(async () => {
    registry = new FakeRegistry();
    await registry.start();
    const [amd64, arm64] = ["amd64", "arm64"].map((it) => registry.putImage("shop/api", it));
    digest = registry.putList("shop/api", { amd64: amd64 ?? "", arm64: arm64 ?? "" });
    folder = mkdtempSync(join(tmpdir(), "multiarch-promote-"));
    writeFileSync(file("dev"), stackText("dev"));
    writeFileSync(file("staging"), stackText("staging"));
    git("init", "--quiet", "--initial-branch=main");
    git("config", "user.name", "Test");
    git("config", "user.email", "test@example.com");
    git("add", "-A");
    git("commit", "--quiet", "-m", "Stacks");
    const image = { reference: reference(), digest, commit, service: "api", builtFrom: { commit } };
    outputs = { dev: { images: { api: image } }, staging: {} };
    deployment = running(reference());
    [said, meanwhile] = ["", () => undefined];
    asked.length = 0;
});

afterEach(async () => {
    rmSync(folder, { recursive: true });
    await registry.stop();
});

function run(...words: string[]): Promise<number> {
    const cluster = new FakeCluster();
    cluster.on("GET", /deployments/, () => deployment);
    return promote(parsePromote(words) satisfies PromoteRequest, {
        folder,
        cli: {
            outputs: (stack) => Promise.resolve(outputs[stack]),
            secret: (...args) => {
                asked.push(args.join(" "));
                return Promise.resolve(login.password);
            },
        },
        cluster: () => cluster,
        say: (text) => {
            said += text;
        },
        confirm: () => {
            meanwhile();
            return Promise.resolve(true);
        },
    });
}

const forward = ["--from", "dev", "--to", "staging"];

describe("promote", () => {
    it("shows the change, asks, and writes one line", async () => {
        const before = read("staging");

        expect(await run(...forward)).toBe(0);

        expect(said.replaceAll(folder, "DIR")).toBe(
            `promote: staging, from dev (DIR/Pulumi.staging.yaml)

api
  digest     none
          -> ${digest}
  commit     ${commit}
  platforms  linux/amd64, linux/arm64
  image      ${registry.host}/shop/api
  rolls      Deployment api in shop-staging
  health     2 of 2 pods available in dev
promote: wrote DIR/Pulumi.staging.yaml. Next: git diff -- DIR/Pulumi.staging.yaml; git commit -- DIR/Pulumi.staging.yaml; pulumi up --stack staging
`,
        );
        const line = `      destination: ${registry.host}/shop/api\n`;
        expect(read("staging")).toBe(before.replace(line, `${line}      digest: ${digest}\n`));
        expect(git("diff", "--numstat")).toBe("1\t0\tPulumi.staging.yaml");
        expect(asked).toEqual([`staging ${file("staging")} multiarch:registryPassword`]);
        expect(said).not.toContain(login.password);
    });

    it("looks at the Deployment that the source's application is called, and names the target's", async () => {
        const other = stackText("staging").replace("{}", "{ name: api-staging }");
        writeFileSync(file("staging"), other);
        git("commit", "--quiet", "-am", "Another name");
        const image = { reference: reference(), digest, commit, service: "api-dev" };
        outputs = { dev: { images: { api: image } }, staging: {} };

        await expect(run(...forward, "--dry-run")).rejects.toThrow(
            "Deployment api-dev in shop-dev: runs nothing",
        );

        deployment = running(reference(), {}, "api-dev");
        expect(await run(...forward, "--dry-run")).toBe(0);
        expect(said).toContain("  rolls      Deployment api-staging in shop-staging\n");
    });

    it("writes nothing on --dry-run, and nothing twice", async () => {
        expect(await run(...forward, "--dry-run")).toBe(0);
        expect(git("status", "--porcelain")).toBe("");

        expect(await run(...forward, "--yes", "--commit")).toBe(0);
        expect(git("log", "-1", "--format=%B")).toBe(
            `Promote api to staging\n\napi: ${digest}, commit ${commit}`,
        );
        said = "";
        expect(await run(...forward, "--yes")).toBe(0);
        expect(said.replaceAll(folder, "DIR")).toBe(
            "promote: nothing to do, DIR/Pulumi.staging.yaml has these digests already.\n",
        );
    });

    it("goes back to what the line was before, and asks no cluster", async () => {
        const other = `sha256:${"1".repeat(64)}`;
        for (const value of [digest, other]) {
            writeFileSync(file("staging"), stackText("staging", `      digest: ${value}\n`));
            git("commit", "--quiet", "-am", "Promote");
        }
        deployment = {};

        expect(await run("--to", "staging", "--to-previous", "--yes")).toBe(0);

        expect(read("staging")).toBe(stackText("staging", `      digest: ${digest}\n`));
        expect(said).toContain("  health     not asked: it ran here before\n");
    });

    it("takes an older digest by name, from the history of the target", async () => {
        const other = `sha256:${"1".repeat(64)}`;
        outputs["dev"] = {
            images: { api: { reference: "q.io/a/b", digest: other, service: "api" } },
        };
        for (const value of [digest, other]) {
            writeFileSync(file("staging"), stackText("staging", `      digest: ${value}\n`));
            git("commit", "--quiet", "-am", "Promote");
        }

        expect(await run(...forward, "--image", "api", "--digest", digest, "--yes")).toBe(0);
        expect(read("staging")).toBe(stackText("staging", `      digest: ${digest}\n`));
    });
});

describe("promote refuses, and writes nothing, for", () => {
    const refusals: [string, () => void, string[], string][] = [
        [
            "a stack without a file",
            () => undefined,
            ["--from", "qa", "--to", "staging"],
            "stack qa: there is no DIR/Pulumi.qa.yaml: expected a stack with a file of its configuration",
        ],
        [
            "an image that the target does not have",
            () => undefined,
            [...forward, "--image", "web"],
            "--image web: DIR/Pulumi.staging.yaml does not have it: expected api",
        ],
        [
            "an image that the source has never run",
            () => (outputs["dev"] = {}),
            [...forward, "--image", "api"],
            "--image api: the outputs of stack dev do not have it: expected an image that dev has run",
        ],
        [
            "a target that builds the image",
            () => (outputs["staging"] = outputs["dev"]),
            forward,
            "--to staging: it builds api itself: expected a stack that only deploys it",
        ],
        [
            "no history to go back to",
            () => undefined,
            ["--to", "staging", "--to-previous"],
            "--to-previous: the history of DIR/Pulumi.staging.yaml has no other digest of api: expected an image that has been promoted there at least twice",
        ],
        [
            "a Deployment that runs another image",
            () => (deployment = running("q.io/a/b:latest")),
            forward,
            "Deployment api in shop-dev: runs q.io/a/b:latest: expected HOST/shop/api@DIGEST, as only what runs healthy in dev is promoted",
        ],
        [
            "a pod that is not available",
            () => (deployment = running(reference(), { availableReplicas: 1 })),
            forward,
            "Deployment api in shop-dev: 1 of 2 pods are available, 2 of 2 are of this rollout: expected 2 of 2, as only",
        ],
        [
            "a rollout that has not begun",
            () => (deployment = running(reference(), { observedGeneration: 1 })),
            forward,
            "Deployment api in shop-dev: is about to roll out: expected a finished rollout, as only",
        ],
        [
            "a source that was updated meanwhile",
            () =>
                (meanwhile = () => {
                    outputs["dev"] = { images: { api: { reference: "r", digest: "sha256:2" } } };
                }),
            forward,
            "stack dev: was updated meanwhile: api is sha256:2: expected DIGEST, which was checked",
        ],
    ];

    it.each(refusals)("%s", async (_, prepare, words, reason) => {
        prepare();
        const error: unknown = await run(...words).catch((caught: unknown) => caught);
        const text = String(error)
            .replaceAll(folder, "DIR")
            .replaceAll(registry.host, "HOST")
            .replaceAll(digest, "DIGEST");

        expect(text).toContain("Nothing was promoted, nothing was written.\n");
        expect(text).toContain(`  ${reason}`);
        expect(text).toMatch(/\nNext:\n {2}\S/);
        expect(git("status", "--porcelain")).toBe("");
    });

    it("a file that was changed meanwhile", async () => {
        meanwhile = () => {
            writeFileSync(file("staging"), `${stackText("staging")}# theirs\n`);
        };

        await expect(run(...forward)).rejects.toThrow(
            "was changed by somebody else meanwhile: expected the file as it was read",
        );
        expect(read("staging")).toBe(`${stackText("staging")}# theirs\n`);
        expect(git("status", "--porcelain")).toBe("M Pulumi.staging.yaml");
    });

    it("a digest that neither stack knows", async () => {
        const unknown = `sha256:${"9".repeat(64)}`;

        await expect(
            run(...forward, "--image", "api", "--digest", unknown, "--yes"),
        ).rejects.toThrow(`expected ${digest}`);
    });
});
