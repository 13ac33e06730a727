import { readFileSync } from "node:fs";
import { join } from "node:path";

import { gitAccount, gitHttpsUrl, paths, quay } from "../sandbox/settings";
import { watchCommandLines } from "./commandLines";
import { run, succeeded } from "./run";
import { StackSet } from "./stackSet";
import { application } from "./testStack";

const { user, password } = gitAccount;
const wrong = "not-the-passw0rd";

/** The ways in which a password could show: as it is, and as HTTP and Kubernetes write it. */
const base64 = (text: string) => Buffer.from(text).toString("base64");
const secrets = [password, wrong].flatMap((it) => [it, base64(it), base64(`${user}:${it}`)]);

/** The repository is there for an account only, whose password is the stack's secret; each test goes on from before. */
describe("a private Git repository over HTTPS", () => {
    let set: StackSet;
    let url = "";
    /** All that the updates printed. */
    let printed = "";

    const oc = async (...args: string[]) => run(["oc", "-n", set.id, ...args]);
    const up = async () => {
        const shown = watchCommandLines(secrets);
        const finished = await set.up("private");
        printed += finished.text;
        expect(shown()).toEqual([]);
        return finished;
    };

    beforeAll(async () => {
        set = await StackSet.create("privategit");
        url = gitHttpsUrl(set.id);
        await set.add("private", {
            namespace: { name: set.id },
            git: { url },
            gitUsername: user,
            registry: { username: quay.user },
            images: [
                {
                    name: "context-api",
                    dockerfilePath: "docker/context-api.Dockerfile",
                    destination: `${quay.host}/${set.id}/context-api`,
                    application,
                },
            ],
        });
    });

    afterAll(async () => set.remove(set.id));

    it("is not to be had without the account", async () => {
        const { code, text } = await run(["git", "ls-remote", url], {
            env: { GIT_TERMINAL_PROMPT: "0" },
        });

        expect(code).not.toBe(0);
        expect(text).toContain("could not read Username");
    });

    it("is refused with a wrong password, by the key and before anything changes", async () => {
        await set.secret("private", "gitPassword", wrong);

        const { code, text } = await up();

        expect(code).not.toBe(0);
        expect(text).toContain(
            `multiarch:gitPassword: ${url} does not take the account "${user}" of multiarch:gitUsername with this password.`,
        );
        expect(text).toContain("pulumi config set --secret multiarch:gitPassword");
        expect(text).not.toMatch(/\n\s+at /);
        expect((await run(["oc", "get", "namespace", set.id])).text).toContain("not found");
        expect((await set.types("private")).filter((type) => !type.startsWith("pulumi:"))).toEqual(
            [],
        );
    });

    it("is built from with the right one, and runs", async () => {
        await set.secret("private", "gitPassword", password);

        succeeded(await up());

        const { "context-api": image } = await set.outputs("private");
        expect(image?.commit).toBe(set.repository.commit);
        expect(Object.keys(image?.platforms ?? {})).toEqual(["amd64", "arm64"]);
        const source = ["bc/context-api-amd64", "-o", "jsonpath={.spec.source}"];
        expect(JSON.parse(succeeded(await oc("get", ...source)))).toMatchObject({
            git: { uri: url },
            sourceSecret: { name: "multiarch-source" },
        });
        expect(await set.answer(set.id)).toContain("ok context-api");
    });

    it("needs no build for a second update", async () => {
        const { text } = await up();

        expect(text).toContain("context-api: nothing to build");
        expect(text).toMatch(/\b\d+ unchanged/);
        expect(text).not.toMatch(/\b\d+ (created|updated|replaced|deleted)/);
    });

    it.each(secrets)("shows no password in state, files, text, log or objects (%#)", async (it) => {
        expect(printed).not.toContain(it);
        expect(
            succeeded(await set.run(["pulumi", "stack", "export", "--stack", "private"])),
        ).not.toContain(it);
        const files = ["grep", "-rlF", "--exclude-dir=home", "-e", it, set.folder];
        expect((await run(files)).text).toBe("");
        const { "context-api": image } = await set.outputs("private");
        for (const { build } of Object.values(image?.builds ?? {})) {
            const log = join(paths.repository, ".multiarch/logs", set.id, `${build}.log`);
            expect(readFileSync(log, "utf8")).not.toContain(it);
        }
        const kinds = "events,builds,buildconfigs,jobs,pods,configmaps,deployments";
        expect(succeeded(await oc("get", kinds, "-o", "json"))).not.toContain(it);
    });
});
