import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import { emptyFolder, minimal, removeFolders } from "./stackFolder";

const root = join(__dirname, "../../..");

jest.setTimeout(60_000);
afterAll(removeFolders);

/** Runs a command of cli/ as npm does, without the way to any cluster or network tool. */
function run(program: "plan" | "graph", ...words: string[]) {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--require", "tsx/cjs", `cli/${program}.ts`, ...words],
        { cwd: root, encoding: "utf8", env: { PATH: "", HOME: "/nonexistent" } },
    );
    return { status, stdout, stderr };
}

/** A stack's file in a folder of its own. */
function configFile(values: Readonly<Record<string, unknown>>): string {
    const file = join(emptyFolder(), "Pulumi.test.yaml");
    const config = Object.entries(values).map(([key, value]) => [`multiarch:${key}`, value]);
    writeFileSync(file, stringify({ config: Object.fromEntries(config) as unknown }));
    return file;
}

describe("npm run plan", () => {
    it("writes the same bytes twice, with nothing but Node", () => {
        const words = ["--stack", "test", "--config-file", configFile(minimal)];
        const first = run("plan", ...words);
        expect(first).toMatchObject({ status: 0, stderr: "" });
        expect(first.stdout.split("\n").slice(2, 4)).toEqual([
            "  resources: 7 components, 12 Kubernetes objects, 4 Commands, 3 providers, 1 look-up in the registry",
            "  commit: nobody was asked; <commit of release> stands for it, and identities are those of a commit of zeros",
        ]);
        expect(run("plan", ...words)).toEqual(first);
    });

    it("ends with a summary in words, and with commands that work without Pulumi", () => {
        const words = ["--stack", "test", "--config-file", configFile(minimal)];
        const lines = run("plan", ...words).stdout.split("\n");
        expect(lines.slice(lines.indexOf("Summary"))).toEqual([
            "Summary",
            "-------",
            "Image api is built for amd64, arm64, and published as one manifest list to quay.io/shop/api.",
            "At most 2 builds run; one that is finished already is adopted.",
            "12 Kubernetes objects are declared.",
            "Not checked here:",
            "  the Git server: whether the ref and the Dockerfiles are there",
            "  the cluster: namespace, nodes of each architecture, Secrets, rights and quotas",
            "  the registry: whether the account may push, and whether base images are there",
            "",
            "Next: npm run plan -- --stack test --output yaml for the manifests; to ask the cluster: install Pulumi, which is not on the PATH (https://www.pulumi.com/docs/install/)",
            "",
        ]);
        expect(lines).not.toContain("Kubernetes objects");
    });

    it("gives a machine the same as JSON, without a secret", () => {
        const file = configFile({
            ...minimal,
            registry: { username: "robot" },
            registryPassword: { secure: "v1:abc" },
        });
        const { status, stdout } = run("plan", "--json", "--stack", "test", "--config-file", file);
        expect(status).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
            stack: "test",
            summary: {
                images: [
                    {
                        name: "api",
                        architectures: ["amd64", "arm64"],
                        repository: "quay.io/shop/api",
                    },
                ],
                builds: 2,
            },
        });
        expect(stdout).toContain('"[secret]"');
        expect(stdout).not.toContain("v1:abc");
    });

    it("refuses a configuration with the program's words alone", () => {
        const file = configFile({ ...minimal, architectures: ["sparc"] });
        expect(run("plan", "--stack", "test", "--config-file", file)).toEqual({
            status: 1,
            stdout: "",
            stderr: [
                "The configuration of stack test has a problem:",
                '  multiarch:architectures[0] is "sparc": expected one of amd64, arm64, ppc64le, s390x',
                "Next:",
                "  edit Pulumi.test.yaml, then run: pulumi preview --stack test",
                "",
            ].join("\n"),
        });
    });

    it("exits with 2 for an argument that it does not know", () => {
        expect(run("plan", "--colour")).toEqual({
            status: 2,
            stdout: "",
            stderr: 'plan: unknown argument "--colour": expected --stack NAME, --config-file FILE, --diff REF, --exit-code, --output tree|yaml|all, --json, --out FILE.\n',
        });
    });
});

describe("npm run graph", () => {
    it("fails while a document shows another graph, and writes the program's", () => {
        const document = join(emptyFolder(), "README.md");
        writeFileSync(document, "<!-- graph:begin -->\nold\n<!-- graph:end -->\n");
        const stack = ["--stack", "test", "--config-file", configFile(minimal)];
        expect(run("graph", ...stack, "--check", document)).toEqual({
            status: 1,
            stdout: "",
            stderr: `graph: ${document} does not show what the program declares. Run: npm run graph -- --stack test --write ${document}\n`,
        });
        expect(run("graph", ...stack, "--write", document).status).toBe(0);
        expect(readFileSync(document, "utf8")).toContain('["Deployment<br/>api-deployment"]');
    });
});
