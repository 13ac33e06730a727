import { join } from "node:path";

import { attempt } from "./command";
import { insidePrefix } from "./namespaces";
import { paths, quay } from "./settings";

const key = (name: string) => join(paths.pki, name);

/** Asks a URL inside the namespace, as system:admin; undefined unless the answer is good. */
export async function ask(url: string, ...options: string[]): Promise<string | undefined> {
    const { code, stdout } = await attempt([
        ...insidePrefix(),
        ...["curl", "-sf", "--max-time", "5", "--noproxy", "*"],
        ...["--cacert", paths.ca, "--cert", key("admin.crt"), "--key", key("admin.key")],
        ...options,
        url,
    ]);
    return code === 0 ? stdout : undefined;
}

/** Says whether a URL answers well; `-k` is for servers that sign their own certificate. */
export async function answers(url: string, ...options: string[]): Promise<boolean> {
    return (await ask(url, ...options)) !== undefined;
}

/** Says whether the stand-in for quay.io takes its account. */
export function quayAnswers(): Promise<boolean> {
    return answers(`https://${quay.host}/v2/`, "-u", `${quay.user}:${quay.password}`);
}

/** Says whether something listens on a port inside the namespace. */
export async function listens(port: number): Promise<boolean> {
    const argv = [...insidePrefix(), "ss", "-Hln", `sport = :${port}`];
    return (await attempt(argv)).stdout.trim() !== "";
}
