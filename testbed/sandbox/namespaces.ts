import { mkdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { attempt, command } from "./command";
import { namespaceName, network, outsideNames, paths } from "./settings";

const script = join(__dirname, "host/namespaces.sh");

/** Words to put before a command so that it runs inside the sandbox's namespaces. */
export function insidePrefix(): string[] {
    return isInside()
        ? []
        : ["nsenter", `--net=${paths.networkNamespace}`, `--mount=${paths.mountNamespace}`, "--"];
}

/** Says whether this process itself runs inside the sandbox. */
export function isInside(): boolean {
    return networkOf("self") === recordedNetwork();
}

/** Says whether a process runs in the namespaces that are current now. */
export function runsInside(pid: number): boolean {
    return networkOf(pid) !== undefined && networkOf(pid) === recordedNetwork();
}

/** Makes the namespaces unless they are there; tells whether they were made. */
export async function ensureNamespaces(): Promise<boolean> {
    if (await namespacesWork()) {
        return false;
    }
    await removeNamespaces();
    const etc = `/etc/netns/${namespaceName}`;
    mkdirSync(etc, { recursive: true });
    writeFileSync(`${etc}/resolv.conf`, `nameserver ${network.dnsService}\n`);
    writeFileSync(`${etc}/hosts`, hosts());
    mkdirSync(paths.run, { recursive: true });
    const { amd64, arm64 } = network.nodes;
    await command([
        "sh",
        script,
        "make",
        namespaceName,
        paths.run,
        paths.state,
        etc,
        amd64,
        arm64,
        network.outside,
    ]);
    writeFileSync(recordPath, readNetwork());
    return true;
}

/** Removes the namespaces; what still runs in them keeps them alive without a name. */
export async function removeNamespaces(): Promise<void> {
    rmSync(recordPath, { force: true });
    await command(["sh", script, "remove", namespaceName, paths.run]);
}

/** Says whether the namespaces are there, whole, and can be entered. */
export async function namespacesWork(): Promise<boolean> {
    if (isInside()) {
        return true;
    }
    if (recordedNetwork() === undefined || recordedNetwork() !== readNetwork()) {
        return false;
    }
    return (await attempt([...insidePrefix(), "true"])).code === 0;
}

/** Text of /etc/hosts inside the namespace. */
export function hosts(): string {
    const registry = "image-registry.openshift-image-registry.svc";
    return [
        "127.0.0.1 localhost",
        `${network.registryService} ${registry} ${registry}.cluster.local`,
        `${network.nodes.amd64} node-amd64`,
        `${network.nodes.arm64} node-arm64`,
        `${network.outside} ${outsideNames.join(" ")}`,
        "",
    ].join("\n");
}

const recordPath = join(paths.run, "network-namespace");

/** The namespace's id, written once it was made whole: a half-made one has no record. */
function recordedNetwork(): string | undefined {
    try {
        return readFileSync(recordPath, "utf8");
    } catch {
        return undefined;
    }
}

function readNetwork(): string {
    try {
        return `net:[${statSync(paths.networkNamespace).ino}]`;
    } catch {
        return "";
    }
}

function networkOf(pid: number | "self"): string | undefined {
    try {
        return readlinkSync(`/proc/${pid}/ns/net`);
    } catch {
        return undefined;
    }
}
