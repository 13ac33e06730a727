import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { ApiError, describeRequest } from "../../../cluster/apiError";
import type { Cluster } from "../../../cluster/cluster";
import { clusterFindings } from "../../../cli/doctor/clusterFindings";
import { findingsText } from "../../../cli/doctor/findings";

/** A cluster that gives these answers, and says 404 or 403 to the rest. */
function clusterOf(answers: Readonly<Record<string, unknown>>, status = 404): Cluster {
    return {
        get: (path: string) =>
            path in answers
                ? Promise.resolve(answers[path])
                : Promise.reject(
                      new ApiError(status, "No", "no such thing", describeRequest("GET", path)),
                  ),
    } as unknown as Cluster;
}

const signal = new AbortController().signal;
const node = (arch: string) => ({ metadata: { labels: { "kubernetes.io/arch": arch } } });

describe("clusterFindings", () => {
    it("shows version, build API and architectures", async () => {
        const answers = {
            "/version": { gitVersion: "v1.36.0" },
            "/apis/build.openshift.io/v1": {},
            "/api/v1/nodes": { items: [node("arm64"), node("amd64"), node("arm64")] },
        };
        expect(await clusterFindings(clusterOf(answers), signal)).toEqual([
            { what: "Cluster", state: "fine", found: "Kubernetes v1.36.0" },
            { what: "Build API", state: "fine", found: "build.openshift.io/v1" },
            { what: "Nodes", state: "fine", found: "amd64, arm64" },
        ]);
    });

    it.each([
        [404, "missing"],
        [403, "unknown"],
    ])("goes on where the cluster says %i, and calls that %s", async (status, state) => {
        const answers = { "/version": { gitVersion: "v1.36.0" } };
        const findings = await clusterFindings(clusterOf(answers, status), signal);
        expect(findings.map((one) => one.state)).toEqual(["fine", state, state]);
    });
});

it("puts the command that mends it below what is missing, and below nothing else", () => {
    const text = findingsText([
        { what: "Git", state: "fine", found: "2.39", mend: "install git" },
        { what: "Pulumi", state: "missing", found: "none", mend: "install it" },
    ]);
    expect(text).toBe(
        "fine     Git     2.39\nmissing  Pulumi  none\n                 next: install it\n",
    );
});

it("works where there is neither Git, Pulumi nor a kubeconfig", () => {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--require", "tsx/cjs", "cli/doctor.ts", "--json"],
        {
            cwd: join(__dirname, "../../.."),
            encoding: "utf8",
            env: { PATH: "", HOME: "/nonexistent" },
        },
    );
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    const findings = JSON.parse(stdout) as { what: string; state: string }[];
    expect(findings.map(({ what, state }) => `${what}: ${state}`)).toEqual([
        "Node.js: fine",
        "Git: missing",
        "Pulumi: missing",
        "Proxy: fine",
        "Kubeconfig: missing",
    ]);
}, 60_000);
