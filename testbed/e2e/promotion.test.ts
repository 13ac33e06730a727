import { platformsOf } from "./registry";
import { quay } from "../sandbox/settings";
import { run, succeeded } from "./run";
import { StackSet } from "./stackSet";
import { application } from "./testStack";

/**
 * One commit goes from dev to staging and prod, and back: each test goes on where the one before it ended. Staging is
 * in the namespace of dev, with its Secret and under a name of its own.
 */
describe("promotion", () => {
    let set: StackSet;
    const namespace = (stack: string) => `${set.id}-${stack === "prod" ? "prod" : "dev"}`;
    const service = (stack: string) =>
        stack === "staging" ? "context-api-staging" : "context-api";
    const repository = (stack: string) => `quay.io/${set.id}/${stack}`;
    let first = "";
    let second = "";

    /** Settings of a stack; prod has a repository of its own. */
    const settings = (stack: string, from?: string) => ({
        ...(stack === "staging"
            ? {
                  namespace: { name: namespace(stack), create: false },
                  registry: { pushSecret: "multiarch-push" },
              }
            : { namespace: { name: namespace(stack) }, registry: { username: quay.user } }),
        images: [
            {
                name: "context-api",
                dockerfilePath: "docker/context-api.Dockerfile",
                destination: repository(stack === "prod" ? "prod" : "dev"),
                application: {
                    ...application,
                    ...(stack === "staging" && { name: service(stack) }),
                },
            },
        ],
        ...(from === undefined
            ? { git: { url: set.repository.url } }
            : { sourceStack: `organization/multiarch/${from}` }),
    });

    const digestOf = async (stack: string) => (await set.outputs(stack))["context-api"]?.digest;
    const refused = async (...args: string[]) => {
        const { code, text } = await set.promote(...args, "--yes");
        expect(code).toBe(1);
        expect(text).toContain("Nothing was promoted, nothing was written.");
        expect(text).not.toContain("s3cret");
        expect(text).not.toMatch(/\n\s+at /);
        return text;
    };

    beforeAll(async () => {
        set = await StackSet.create("promotion");
        await set.add("dev", settings("dev"));
        await set.add("staging", settings("staging", "dev"));
        await set.add("prod", settings("prod", "staging"));
        succeeded(await set.up("dev"));
        first = (await digestOf("dev")) ?? "";
    });

    afterAll(async () => set.remove(namespace("dev"), namespace("prod")));

    const answer = async (stack: string) => set.answer(namespace(stack), service(stack));

    it("shows what would change, and writes nothing on --dry-run", async () => {
        const text = succeeded(await set.promote("--from", "dev", "--to", "staging", "--dry-run"));

        expect(text).toContain(`  digest     none\n          -> ${first}\n`);
        expect(text).toContain(`  commit     ${set.repository.commit}\n`);
        expect(text).toContain("  platforms  linux/amd64, linux/arm64\n");
        expect(text).toContain("  health     2 of 2 pods available in dev\n");
        expect(await set.git("status", "--porcelain")).toBe("");
    });

    it("writes one line, and the target builds nothing", async () => {
        succeeded(await set.promote("--from", "dev", "--to", "staging", "--yes"));

        expect(await set.changedLines("staging")).toEqual([`+      digest: ${first}`]);
        await set.commit("Promote");
        const text = succeeded(await set.up("staging"));
        expect(text).toContain(`context-api: deploys ${first}, and builds nothing`);
        expect(await digestOf("staging")).toBe(first);
        expect(await set.builds(namespace("staging"))).toBe(2);
        expect(
            (await set.types("staging")).filter((type) => /Build|Command|Job/.test(type)),
        ).toEqual(["command:local:Command", "multiarch:index:BuildProject"]);
        expect(await answer("staging")).toContain("version 0.1.0");
        expect(await answer("dev")).toContain("version 0.1.0");
    });

    it("copies to another repository with the same digests", async () => {
        const text = succeeded(
            await set.promote("--from", "staging", "--to", "prod", "--yes", "--commit"),
        );

        expect(text).toContain(
            `image      ${repository("prod")}, copied from ${repository("dev")}`,
        );
        expect(await platformsOf(repository("prod"), first)).toEqual(
            await platformsOf(repository("dev"), first),
        );
        expect(await set.git("status", "--porcelain")).toBe("");
        expect(await set.git("log", "-1", "--format=%s")).toBe("Promote context-api to prod\n");
        succeeded(await set.up("prod"));
        expect(await digestOf("prod")).toBe(first);
        expect((await set.outputs("prod"))["context-api"]?.commit).toBe(set.repository.commit);
        expect(await answer("prod")).toContain("version 0.1.0");
    });

    it("changes one line for the next version", async () => {
        await set.release("0.2.0");
        succeeded(await set.up("dev"));
        second = (await digestOf("dev")) ?? "";

        succeeded(await set.promote("--from", "dev", "--to", "staging", "--yes"));

        expect(await set.changedLines("staging")).toEqual([
            `-      digest: ${first}`,
            `+      digest: ${second}`,
        ]);
        await set.commit("Promote");
        expect(await answer("staging")).toContain("version 0.1.0");
        expect(await answer("dev")).toContain("version 0.2.0");
        succeeded(await set.up("staging"));
        expect(await answer("staging")).toContain("version 0.2.0");
    });

    it("goes back to the digest before, without a build", async () => {
        const text = succeeded(
            await set.promote("--to", "staging", "--to-previous", "--yes", "--commit"),
        );

        expect(text).toContain("health     not asked: it ran here before");
        succeeded(await set.up("staging"));
        expect(await digestOf("staging")).toBe(first);
        expect(await answer("staging")).toContain("version 0.1.0");
        expect(await answer("dev")).toContain("version 0.2.0");
        expect(await set.builds(namespace("dev"))).toBe(4);
        expect(await set.builds(namespace("prod"))).toBe(0);
    });

    it("refuses what it does not know", async () => {
        expect(await refused("--from", "nowhere", "--to", "staging")).toContain(
            "Pulumi.nowhere.yaml",
        );
        expect(await refused("--from", "dev", "--to", "staging", "--image", "web")).toContain(
            "--image web:",
        );
        const unknown = `sha256:${"a".repeat(64)}`;
        expect(
            await refused(
                "--from",
                "dev",
                "--to",
                "staging",
                "--image",
                "context-api",
                "--digest",
                unknown,
            ),
        ).toContain(`expected ${second} or ${second}`.slice(0, 80));
        expect(await refused("--from", "staging", "--to", "dev")).toContain(
            "it builds context-api itself",
        );
        expect(await set.git("status", "--porcelain")).toBe("");
    });

    it("refuses a list without a platform that the target has", async () => {
        set.edit("staging", (text) =>
            text.replace(
                "config:\n",
                "config:\n  multiarch:architectures: [amd64, arm64, s390x]\n",
            ),
        );
        expect(await refused("--from", "dev", "--to", "staging")).toContain(
            "has changes that are not committed",
        );

        await set.commit("More architectures");

        expect(await refused("--from", "dev", "--to", "staging")).toContain(
            "is for linux/amd64, linux/arm64: expected linux/amd64, linux/arm64, linux/s390x",
        );
        await set.git("revert", "--no-edit", "HEAD");
    });

    it("refuses what does not run healthy in the source", async () => {
        const scale = async (replicas: number) =>
            run([
                "oc",
                "-n",
                namespace("dev"),
                "scale",
                "deployment/context-api",
                `--replicas=${replicas}`,
            ]);
        await scale(0);

        expect(await refused("--from", "dev", "--to", "staging")).toContain(
            "only what runs healthy in dev is promoted",
        );
        await scale(2);
    });

    it("stops an update to a digest that the source stack never had, before anything moves", async () => {
        const foreign = `sha256:${"b".repeat(64)}`;
        set.edit("staging", (text) => text.replace(first, foreign));

        const { code, text } = await set.up("staging");

        expect(code).not.toBe(0);
        expect(text).toContain(
            `digest is ${foreign}: expected one that organization/multiarch/dev has deployed`,
        );
        expect(await digestOf("staging")).toBe(first);
        expect(await answer("staging")).toContain("version 0.1.0");
    });
});
