/** What a kubeconfig names. */
export interface KubeconfigParts {
    /** `https://127.0.0.1:PORT`. */
    readonly server: string;
    /** PEM of the server's authority. */
    readonly authority: string;
    /** The account, and what it sends. */
    readonly user: string;
    readonly token: string;
}

/** The text of a kubeconfig, as JSON, which is YAML: its context is `simulated`. */
export function kubeconfigText({ server, authority, user, token }: KubeconfigParts): string {
    const data = Buffer.from(authority).toString("base64");
    const config = {
        apiVersion: "v1",
        kind: "Config",
        "current-context": "simulated",
        clusters: [{ name: "simulated", cluster: { server, "certificate-authority-data": data } }],
        users: [{ name: user, user: { token } }],
        contexts: [{ name: "simulated", context: { cluster: "simulated", user } }],
    };
    return `${JSON.stringify(config, undefined, 2)}\n`;
}
