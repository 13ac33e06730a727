import { spawn } from "node:child_process";

import { z } from "zod";

import { reasonOf } from "./clock";

/** What a credential plugin gives: a token, or a certificate with its key, in PEM. */
export interface ExecCredential {
    readonly token?: string;
    readonly cert?: string;
    readonly key?: string;
    /** Milliseconds since 1970 until which it is good; without it, until the server refuses it. */
    readonly until?: number;
}

/** A kubeconfig's `users[].user.exec`. */
export const ExecPlugin = z.object({
    apiVersion: z.string(),
    command: z.string().min(1),
    args: z.array(z.string()).nullish(),
    env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
    installHint: z.string().nullish(),
    provideClusterInfo: z.boolean().nullish(),
});

/** See {@link ExecPlugin}. */
export type ExecPlugin = z.output<typeof ExecPlugin>;

const Answer = z.object({
    status: z.object({
        expirationTimestamp: z.string().nullish(),
        token: z.string().nullish(),
        clientCertificateData: z.string().nullish(),
        clientKeyData: z.string().nullish(),
    }),
});

/** Milliseconds that a plugin may take: some ask a person, or a slow cloud. */
const LIMIT = 60_000;
const LONGEST_ANSWER = 1024 * 1024;

/** One run of a plugin. */
export interface ExecRun {
    readonly plugin: ExecPlugin;
    /** The cluster, for a plugin that wants to know it. */
    readonly cluster: Readonly<Record<string, unknown>>;
    /** The plugin's environment; without the secrets of Pulumi. */
    readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Asks a credential plugin, see kubernetes.io/docs/reference/access-authn-authz/authentication, "client-go credential
 * plugins". Rejects when it cannot be started, fails, answers something else, or takes over a minute; with the signal's
 * reason when that is aborted, and the plugin is ended then.
 */
export async function runExecPlugin(run: ExecRun, signal: AbortSignal): Promise<ExecCredential> {
    signal.throwIfAborted();
    const { plugin } = run;
    const expired = AbortSignal.timeout(LIMIT);
    const ended = AbortSignal.any([signal, expired]);
    const text = await output(run, ended).catch((error: unknown) => {
        if (signal.aborted) {
            throw reasonOf(signal);
        }
        const reason = expired.aborted ? `no answer within ${LIMIT / 1000} s` : messageOf(error);
        const hint = plugin.installHint ? ` ${plugin.installHint.trim()}` : "";
        throw new Error(`The kubeconfig's credential plugin ${plugin.command}: ${reason}.${hint}`);
    });
    const parsed = Answer.safeParse(jsonOf(text));
    if (!parsed.success) {
        // The answer may hold a token: it is not shown.
        throw new Error(
            `The kubeconfig's credential plugin ${plugin.command} answered no ExecCredential.`,
        );
    }
    const { status } = parsed.data;
    const until = Date.parse(status.expirationTimestamp ?? "");
    return {
        ...(status.token && { token: status.token }),
        ...(status.clientCertificateData && { cert: status.clientCertificateData }),
        ...(status.clientKeyData && { key: status.clientKeyData }),
        ...(Number.isFinite(until) && { until }),
    };
}

function output({ plugin, cluster, environment }: ExecRun, signal: AbortSignal): Promise<string> {
    const info = {
        apiVersion: plugin.apiVersion,
        kind: "ExecCredential",
        spec: { interactive: false, ...(plugin.provideClusterInfo === true && { cluster }) },
    };
    const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
    return new Promise((resolve, reject) => {
        const child = spawn(plugin.command, plugin.args ?? [], {
            env: { ...environment, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
            stdio: ["ignore", "pipe", "pipe"],
            signal,
            killSignal: "SIGKILL",
        });
        const texts = { out: "", err: "" };
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
            texts.out += chunk;
            if (texts.out.length > LONGEST_ANSWER) {
                child.kill("SIGKILL");
            }
        });
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
            texts.err = (texts.err + chunk).slice(-2_000);
        });
        child.on("error", reject);
        child.on("close", (code, by) => {
            if (code === 0) {
                resolve(texts.out);
                return;
            }
            const last = texts.err.trim().split("\n").at(-1) ?? "";
            reject(new Error(`ended with ${by ?? code ?? ""}${last === "" ? "" : `: ${last}`}`));
        });
    });
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

function jsonOf(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
