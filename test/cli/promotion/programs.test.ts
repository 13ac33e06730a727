import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { dockerLogin } from "../../../cli/promotion/credentials";
import { PulumiProgram } from "../../../cli/promotion/pulumiCli";
import { copyWithRegctl } from "../../../registry/copyWithRegctl";
import { Repository } from "../../../registry/registry";
import { login } from "../../registry/fakeRegistry";

const path = process.env["PATH"];
let folder: string;
const bin = () => join(folder, "bin");

/** Puts a program on the PATH that notes its arguments in a file. */
function program(name: string, script: string): void {
    mkdirSync(bin(), { recursive: true });
    writeFileSync(join(bin(), name), `#!/bin/sh\necho "$@" >>"${folder}/argv"\n${script}\n`);
    chmodSync(join(bin(), name), 0o755);
    process.env["PATH"] = `${bin()}:${path ?? ""}`;
}
const argv = () => readFileSync(join(folder, "argv"), "utf8");

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch-programs-"));
});

afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
});

describe("PulumiProgram", () => {
    it("reads outputs, without a shell", async () => {
        program("pulumi", `echo '{"images":{}}'`);

        expect(await new PulumiProgram(folder).outputs("dev; true")).toEqual({ images: {} });
        expect(argv()).toBe(
            "stack output --json --stack dev; true --non-interactive --color never\n",
        );
    });

    it("refuses a stack that the backend does not know", async () => {
        program(
            "pulumi",
            `echo "warning: x" >&2; echo "error: no stack named 'qa' found" >&2; exit 1`,
        );

        await expect(new PulumiProgram(folder).outputs("qa")).rejects.toThrow(
            [
                "Nothing was promoted, nothing was written.",
                "  stack qa: its outputs cannot be read: no stack named 'qa' found: expected a stack of the backend that pulumi is logged in to",
                "Next:",
                "  pulumi whoami --verbose && pulumi stack ls",
            ].join("\n"),
        );
    });

    it("reads a secret through the pipe, and keeps it out of arguments and errors", async () => {
        program("pulumi", `echo hunter2; [ -e "${folder}/broken" ] && exit 1; exit 0`);
        const cli = new PulumiProgram(folder);

        expect(await cli.secret("dev", "Pulumi.dev.yaml", "multiarch:registryPassword")).toBe(
            "hunter2",
        );
        writeFileSync(join(folder, "broken"), "");
        const error: unknown = await cli
            .secret("dev", "Pulumi.dev.yaml", "multiarch:registryPassword")
            .catch((reason: unknown) => reason);
        expect(String(error)).toContain(
            "multiarch:registryPassword: cannot be decrypted: pulumi failed",
        );
        expect(String(error) + argv()).not.toContain("hunter2");
    });
});

describe("copyWithRegctl", () => {
    const end = (name: string, account = login) => ({
        repository: new Repository({ registry: "quay.io", repository: name }, account),
        login: account,
    });
    const digest = `sha256:${"1".repeat(64)}`;

    it("gives the credentials in a file that is gone afterwards, never in arguments", async () => {
        program(
            "regctl",
            `cp -p "$DOCKER_CONFIG/config.json" "${folder}/seen"; echo "$DOCKER_CONFIG" >"${folder}/where"`,
        );

        expect(await copyWithRegctl(end("shop/api"), end("prod/api"), digest, "c0ffee-1")).toBe(
            true,
        );

        expect(argv()).toBe(`image copy quay.io/shop/api@${digest} quay.io/prod/api:c0ffee-1\n`);
        const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
        expect(JSON.parse(readFileSync(join(folder, "seen"), "utf8"))).toEqual({
            auths: { "quay.io": { auth } },
        });
        expect(existsSync(readFileSync(join(folder, "where"), "utf8").trim())).toBe(false);
    });

    it("leaves two accounts of one registry, and a machine without regctl, to the API", async () => {
        program("regctl", "exit 1");
        const ann = { username: "ann", password: "x" };
        expect(await copyWithRegctl(end("shop/api"), end("prod/api", ann), digest, "t")).toBe(
            false,
        );

        process.env["PATH"] = folder;
        expect(await copyWithRegctl(end("shop/api"), end("prod/api"), digest, "t")).toBe(false);
    });

    it("says what regctl complains of", async () => {
        program("regctl", "echo 'level=warn' >&2; echo 'unauthorized [http 401]' >&2; exit 1");

        await expect(copyWithRegctl(end("a/b"), end("c/d"), digest, "t")).rejects.toThrow(
            "unauthorized [http 401]",
        );
    });
});

describe("dockerLogin", () => {
    const config = (value: unknown) => {
        writeFileSync(join(folder, "config.json"), JSON.stringify(value));
    };

    it("reads what docker login left", async () => {
        config({ auths: { "quay.io": { auth: Buffer.from("ann:p:w").toString("base64") } } });

        expect(await dockerLogin("quay.io", folder)).toEqual({ username: "ann", password: "p:w" });
        expect(await dockerLogin("ghcr.io", folder)).toBeUndefined();
        expect(await dockerLogin("quay.io", join(folder, "none"))).toBeUndefined();
    });

    it("asks a credential helper", async () => {
        program(
            "docker-credential-vault",
            `read server; echo "{\\"Username\\":\\"ann\\",\\"Secret\\":\\"for $server\\"}"`,
        );
        config({ auths: {}, credsStore: "vault" });

        expect(await dockerLogin("quay.io", folder)).toEqual({
            username: "ann",
            password: "for quay.io",
        });
        expect(argv()).toBe("get\n");

        config({ credHelpers: { "quay.io": "missing" } });
        expect(await dockerLogin("quay.io", folder)).toBeUndefined();
    });
});
