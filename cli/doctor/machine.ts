import { spawnSync } from "node:child_process";

import { childEnvironment } from "../../config/childEnvironment";
import type { Finding } from "./findings";

/** Milliseconds that a program may take to say its version. */
const TIMEOUT = 10_000;

/** Node, Git and Pulumi on this machine, and the proxy that it is told to use. */
export function machineFindings(variables: NodeJS.ProcessEnv): Finding[] {
    const major = Number(process.versions.node.split(".")[0]);
    return [
        {
            what: "Node.js",
            state: major >= 20 ? "fine" : "missing",
            found: process.versions.node,
            mend: "install Node.js 20 or newer",
        },
        program("Git", "git", ["--version"], "install git"),
        program(
            "Pulumi",
            "pulumi",
            ["version"],
            "install Pulumi: https://www.pulumi.com/docs/install/",
        ),
        proxy(variables),
    ];
}

function program(what: string, name: string, args: string[], mend: string): Finding {
    const env = childEnvironment();
    const result = spawnSync(name, args, { encoding: "utf8", timeout: TIMEOUT, env });
    return result.status === 0
        ? { what, state: "fine", found: result.stdout.trim().split("\n")[0] ?? "" }
        : {
              what,
              state: "missing",
              found: result.error === undefined ? `${name} fails` : `no ${name} that answers`,
              mend,
          };
}

/** Whether there is one, without its account. */
function proxy(variables: NodeJS.ProcessEnv): Finding {
    const names = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].filter(
        (name) => (variables[name] ?? variables[name.toLowerCase()] ?? "") !== "",
    );
    return { what: "Proxy", state: "fine", found: names.join(", ") || "none is set" };
}
