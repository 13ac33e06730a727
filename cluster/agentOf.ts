import * as http from "node:http";
import * as https from "node:https";
import { createSecureContext } from "node:tls";

import { HttpProxyAgent, HttpsProxyAgent } from "hpagent";
import { SocksProxyAgent } from "socks-proxy-agent";

/** What TLS needs to know of a cluster and of whoever asks it. */
export interface TlsOptions {
    readonly ca?: Buffer;
    readonly cert?: Buffer | string;
    readonly key?: Buffer | string;
    readonly rejectUnauthorized?: boolean;
    readonly servername?: string;
}

const KEEP = { keepAlive: true, keepAliveMsecs: 15_000 };

/** One pool of connections to a server, through a proxy if there is one: `http`, `https` or `socks`. */
export function agentOf(server: URL, proxy: string | undefined, tls: TlsOptions): http.Agent {
    const plain = server.protocol === "http:";
    if (proxy !== undefined) {
        return /^socks/i.test(proxy)
            ? new SocksProxyAgent(proxy, { ...KEEP, ...tls })
            : plain
              ? new HttpProxyAgent({ ...KEEP, proxy })
              : new HttpsProxyAgent({ ...KEEP, ...tls, proxy });
    }
    if (plain) {
        return new http.Agent(KEEP);
    }
    const { ca, cert, key, ...rest } = tls;
    // Certificates are read once, not for each of a fleet's watches and logs.
    return new https.Agent({
        ...KEEP,
        ...rest,
        secureContext: createSecureContext({ ca, cert, key }),
    });
}
