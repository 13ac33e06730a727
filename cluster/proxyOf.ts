import { BlockList, isIP } from "node:net";

/**
 * The proxy through which an address is reached, as Go's programs choose it, kubectl and Pulumi's provider among them:
 * none for this machine, none for what NO_PROXY lists (`*`, hosts, `.domains`, addresses, CIDR ranges, each with a port
 * if it likes), else HTTPS_PROXY or HTTP_PROXY by the address's scheme.
 *
 * Source: golang.org/x/net/http/httpproxy, Config.
 */
export function proxyOf(
    server: URL,
    variables: Readonly<Record<string, string | undefined>>,
): string | undefined {
    const get = (name: string) => variables[name] ?? variables[name.toLowerCase()] ?? "";
    const proxy = get(server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
    const host = server.hostname.replace(/^\[|\]$/g, "").toLowerCase();
    const port = server.port || (server.protocol === "https:" ? "443" : "80");
    if (proxy === "" || isThisMachine(host) || isExempt(host, port, get("NO_PROXY"))) {
        return undefined;
    }
    return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function isThisMachine(host: string): boolean {
    return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isExempt(host: string, port: string, list: string): boolean {
    return list
        .toLowerCase()
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "")
        .some((entry) => entry === "*" || matches(host, port, entry));
}

function matches(host: string, port: string, entry: string): boolean {
    const [, range, bits] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
    if (range !== undefined) {
        return isInRange(host, range, Number(bits));
    }
    const [, name = entry, wanted] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
    if (wanted !== undefined && wanted !== port) {
        return false;
    }
    const plain = name.replace(/^\[|\]$/g, "").replace(/^\*(?=\.)/, "");
    if (isIP(plain) !== 0 || isIP(host) !== 0) {
        return plain === host;
    }
    // ".example.com" is what is below it; "example.com" is itself and what is below it.
    return plain.startsWith(".")
        ? host.endsWith(plain)
        : host === plain || host.endsWith(`.${plain}`);
}

function isInRange(host: string, range: string, bits: number): boolean {
    const family = isIP(range);
    if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) {
        return false;
    }
    const type = family === 4 ? "ipv4" : "ipv6";
    const block = new BlockList();
    block.addSubnet(range, bits, type);
    return block.check(host, type);
}
