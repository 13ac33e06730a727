import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { exposedPorts } from "../../../cli/init/dockerfile";
import { completeStack } from "../../../cli/init/askFor";
import { emptyFolder, removeFolders } from "../plan/stackFolder";

const root = join(__dirname, "../../..");

jest.setTimeout(60_000);
afterAll(removeFolders);

function run(program: "init" | "plan", ...words: string[]) {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--require", "tsx/cjs", `cli/${program}.ts`, ...words],
        { cwd: root, encoding: "utf8", input: "", env: { PATH: "", HOME: "/nonexistent" } },
    );
    return { status, stdout, stderr };
}

const least = [
    ...["--git-url", "https://git.invalid/shop/My_Api.git"],
    ...["--destination", "quay.io/shop/api", "--username", "robot"],
];

describe("exposedPorts", () => {
    it.each([
        ["FROM scratch\n", []],
        ["FROM scratch\nEXPOSE 8080\n", [8080]],
        ["FROM scratch\nEXPOSE 8080/tcp 9090 \\\n 8080\nexpose 53/udp $PORT\n", [8080, 9090]],
        ["FROM scratch\nEXPOSE 0 65536 8000-8010\n", []],
    ])("finds in %j the ports %j", (dockerfile, ports) => {
        expect(exposedPorts(dockerfile)).toEqual(ports);
    });
});

describe("npm run init", () => {
    it("writes a file that plans, from a URL, a destination and an account", () => {
        const folder = emptyFolder();
        const { status, stdout } = run("init", ...least, "--port", "8080", "--dir", folder);
        const file = join(folder, "Pulumi.dev.yaml");
        expect({ status, lines: stdout.split("\n").slice(1) }).toEqual({
            status: 0,
            lines: [
                "Next:",
                `  npm run plan -- --stack dev --config-file ${file}`,
                "  then install Pulumi: https://www.pulumi.com/docs/install/",
                "",
            ],
        });
        expect(readFileSync(file, "utf8")).toBe(
            [
                "# Every key: docs/configuration.md",
                "config:",
                "  multiarch:namespace:",
                "    name: my-api",
                "  multiarch:git:",
                "    url: https://git.invalid/shop/My_Api.git",
                "    ref: main",
                "  multiarch:registry:",
                "    username: robot",
                "  multiarch:architectures:",
                "    - amd64",
                "    - arm64",
                "  multiarch:images:",
                "    - name: my-api",
                "      destination: quay.io/shop/api",
                "      application:",
                "        ports:",
                "          - name: http",
                "            port: 8080",
                "        probe:",
                "          path: /health",
                "          port: 8080",
                "",
            ].join("\n"),
        );
        const planned = run("plan", "--stack", "dev", "--config-file", file);
        expect(planned).toMatchObject({ status: 0, stderr: "" });
        expect(planned.stdout).toContain("Image my-api is built for amd64, arm64, and published");
    });

    it("writes stacks to promote to, each of which plans and deploys what the one before runs", () => {
        const folder = emptyFolder();
        const words = [...least, "--port", "80", "--promotion", "staging,prod", "--json"];
        const { status, stdout } = run("init", ...words, "--dir", folder);
        expect(status).toBe(0);
        const files = ["dev", "staging", "prod"].map((name) => join(folder, `Pulumi.${name}.yaml`));
        expect(JSON.parse(stdout)).toMatchObject({ files });
        expect(readFileSync(files[2] ?? "", "utf8")).toContain(
            "multiarch:sourceStack: organization/multiarch/staging\n",
        );
        const planned = run("plan", "--stack", "prod", "--config-file", files[2] ?? "");
        expect(planned).toMatchObject({ status: 0, stderr: "" });
        expect(planned.stdout).toContain("Image my-api is not built");
        expect(planned.stdout).toContain("0 builds run");
    });

    it("overwrites nothing", () => {
        const folder = emptyFolder();
        const file = join(folder, "Pulumi.dev.yaml");
        writeFileSync(file, "mine\n");
        const words = [...least, "--stack", "new", "--promotion", "dev", "--dir", folder];
        expect(run("init", ...words)).toEqual({
            status: 2,
            stdout: "",
            stderr: `init: ${file} exists already: expected another --stack or --dir.\n`,
        });
        expect(readFileSync(file, "utf8")).toBe("mine\n");
        expect(existsSync(join(folder, "Pulumi.new.yaml"))).toBe(false);
    });

    it.each([
        [[], "--git-url: not given, and there is no terminal to ask on."],
        [["--port", "0"], '--port "0": expected a port from 1 to 65535, or none'],
        [["--architectures", "x86_64"], '--architectures "x86_64": expected one or more of amd64,'],
        [["--image", "Api"], '--image "Api": expected lower-case letters'],
        [["--stack", "../x"], '--stack "../x": expected letters'],
        [["--git-url", "https://me:pw@git.invalid/x"], "--git-url: expected an https://"],
        [["--push-secret", "a", "--username", "b"], "--push-secret and --username: expected one"],
    ])("refuses %j, and writes nothing", (words, message) => {
        const folder = emptyFolder();
        const own = new Set(words.filter((word) => word.startsWith("--")));
        const kept = pairs(words.length === 0 ? [] : least).filter(([flag]) => !own.has(flag));
        const { status, stdout, stderr } = run("init", ...kept.flat(), ...words, "--dir", folder);
        expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
        expect(stderr).toContain(message);
        expect(stderr).not.toContain("me:pw");
        expect(existsSync(join(folder, "Pulumi.dev.yaml"))).toBe(false);
    });
});

describe("completeStack", () => {
    it("asks for what is not given, and takes an empty answer for the suggestion", async () => {
        const asked: string[] = [];
        const given = new Map([
            ["--git-url", "https://git.example.com/shop.git"],
            ["--push-secret", "push"],
        ]);
        const stack = await completeStack(
            given,
            (question, suggestion) => {
                asked.push(`${question} [${suggestion ?? ""}]`);
                return Promise.resolve(question.startsWith("Repository") ? "quay.io/a/b" : "");
            },
            () => Promise.resolve({ isRead: true, ports: [9000, 9001] }),
        );
        expect(stack).toMatchObject({ namespace: "shop", port: 9000, pushSecret: "push" });
        expect(asked).toContain("Port of the service, or none [9000]");
        expect(asked).not.toContain("Account that may push []");
    });
});

function pairs(words: readonly string[]): [string, string][] {
    return words.flatMap((word, at) =>
        at % 2 === 0 ? [[word, words[at + 1] ?? ""] as [string, string]] : [],
    );
}
