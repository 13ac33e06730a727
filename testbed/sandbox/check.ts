import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { checkObjects, checkPod } from "./checkObjects";
import { attempt, command, type CommandOptions, lastLines } from "./command";
import { sandboxEnvironment } from "./exec";
import { regctlHosts } from "./images/base";
import { insidePrefix } from "./namespaces";
import { step, until } from "./progress";
import { architectures, internalRegistry, paths, quay } from "./settings";
import { status } from "./status";

/** Proves that the sandbox works, in a namespace of its own that it removes at the end. */
export async function check(): Promise<void> {
    const broken = (await status()).filter(({ up }) => !up).map(({ name }) => name);
    if (broken.length > 0) {
        throw new Error(`not up: ${broken.join(", ")}. Run \`npm run sandbox -- up\` first.`);
    }
    const namespace = `sandbox-check-${randomBytes(3).toString("hex")}`;
    try {
        await inside(["oc", "apply", "-f", "-"], {
            input: JSON.stringify(checkObjects(namespace)),
        });
        await step("a build for each architecture, pushed to the internal registry", () =>
            Promise.all(architectures.map((it) => build(namespace, it))),
        );
        await Promise.all([
            step("a pod of each architecture answers", () =>
                Promise.all(architectures.map((it) => runPod(namespace, it))),
            ),
            step("a list of both architectures pushed to quay.io", () => pushList(namespace)),
        ]);
    } finally {
        await step(`namespace ${namespace} removed`, () =>
            inside(["oc", "delete", "namespace", namespace, "--ignore-not-found"], {
                seconds: 90,
            }),
        );
    }
}

async function build(namespace: string, architecture: string): Promise<void> {
    const name = `service-${architecture}`;
    const start = ["oc", "start-build", name, "-n", namespace, "--wait"];
    const { code, stderr } = await tryInside(start, { seconds: 180 });
    if (code !== 0) {
        const log = await tryInside(["oc", "logs", `build/${name}-1`, "-n", namespace]);
        throw new Error(`build ${name}: ${stderr}\n${lastLines(log.stdout + log.stderr, 15)}`);
    }
}

async function runPod(namespace: string, architecture: string): Promise<void> {
    const name = `service-${architecture}`;
    const input = JSON.stringify(checkPod(namespace, architecture));
    await inside(["oc", "apply", "-f", "-"], { input });
    await until({
        what: `pod ${name}`,
        seconds: 60,
        holds: async () => {
            const pod = ["oc", "get", "pod", name, "-n", namespace];
            const ip = (await inside([...pod, "-o", "jsonpath={.status.podIP}"])).trim();
            const health = ["curl", "-s", "--noproxy", "*", "--max-time", "3"];
            const answer = await tryInside([...health, `http://${ip}:8091/health`]);
            return ip !== "" && answer.stdout.startsWith(`ok context-api linux/${architecture} `);
        },
    });
}

async function pushList(namespace: string): Promise<void> {
    const token = await inside(["oc", "create", "token", "builder", "-n", namespace]);
    const config = join(paths.conf, `${namespace}.json`);
    const hosts = regctlHosts({
        [quay.host]: { user: quay.user, pass: quay.password },
        [internalRegistry]: { user: "builder", pass: token.trim() },
    });
    writeFileSync(config, JSON.stringify(hosts), { mode: 0o600 });
    const regctl = (...args: string[]) =>
        inside(["regctl", ...args], { env: { ...sandboxEnvironment(), REGCTL_CONFIG: config } });
    try {
        const target = `${quay.host}/sandbox/check`;
        const references = architectures.map((it) => `${target}:${it}`);
        for (const it of architectures) {
            const source = `${internalRegistry}/${namespace}/service:${it}`;
            await regctl("image", "copy", source, `${target}:${it}`);
        }
        const parts = references.flatMap((it) => ["--ref", it]);
        await regctl("index", "create", `${target}:list`, ...parts);
        const found = await regctl(
            "manifest",
            "get",
            `${target}:list`,
            "--format",
            "{{jsonPretty .}}",
        );
        for (const it of architectures) {
            if (!found.includes(`"architecture": "${it}"`)) {
                throw new Error(`the list in quay.io has no ${it}:\n${found}`);
            }
        }
    } finally {
        await command(["rm", "-f", config]);
    }
}

function inside(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    return command([...insidePrefix(), ...argv], { env: sandboxEnvironment(), ...options });
}

function tryInside(argv: readonly string[], options: CommandOptions = {}) {
    return attempt([...insidePrefix(), ...argv], { env: sandboxEnvironment(), ...options });
}
