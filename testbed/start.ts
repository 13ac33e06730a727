import { z } from "zod";

import { whyNot } from "./sandbox/preflight";
import { up } from "./sandbox/up";
import { ensureStack, outputs, pulumi, quietly } from "./localStack";

const Outputs = z.object({
    images: z.record(
        z.string(),
        z.object({
            reference: z.string(),
            commit: z.string(),
            platforms: z.record(z.string(), z.string()),
            tags: z.array(z.string()),
            service: z.string(),
        }),
    ),
});

const Pods = z.object({
    items: z.array(
        z.object({
            spec: z.object({ nodeName: z.string() }),
            status: z.object({ podIP: z.string(), phase: z.string() }),
            metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
        }),
    ),
});

/** Brings up the local OpenShift, runs the pipeline in it, and shows the running service. */
async function start(): Promise<number> {
    const reason = await whyNot();
    if (reason !== undefined) {
        say(`The local OpenShift cannot run here: ${reason}`);
        say("npm start, at the repository's root, rehearses the whole update without it.");
        return 1;
    }
    say("bringing up the local OpenShift (npm run sandbox -- status)");
    await up();
    say("preparing the stack");
    await ensureStack();
    say("pulumi up: from the commit to the running service");
    const code = await pulumi("up", "--yes", "--skip-preview", "--suppress-outputs");
    return code === 0 ? show() : code;
}

/** Shows what runs: the list, its platforms, and what each pod answers. */
async function show(): Promise<number> {
    const { images } = Outputs.parse(await outputs());
    let healthy = true;
    for (const [name, image] of Object.entries(images)) {
        const platforms = Object.keys(image.platforms).map((it) => `linux/${it}`);
        process.stdout.write(
            [
                "",
                `${name}, commit ${image.commit.slice(0, 12)}`,
                `  digest     ${image.reference}`,
                `  platforms  ${platforms.join(", ")}`,
                `  tags       ${image.tags.join(", ")}`,
                "",
            ].join("\n"),
        );
        const namespace = ["-n", "kubernaut-system"];
        const list = ["oc", "get", "pods", ...namespace, "-l", `app=${image.service},!job-name`];
        const pods = Pods.parse(JSON.parse(await quietly([...list, "-o", "json"]))).items.filter(
            ({ metadata, status }) =>
                metadata.deletionTimestamp === undefined && status.phase === "Running",
        );
        for (const { metadata, spec, status } of pods) {
            const url = `http://${status.podIP}:8091/health`;
            const answer = await quietly(["curl", "-sS", "--max-time", "5", url]).catch(
                (error: unknown) => `no answer: ${String(error)}`,
            );
            healthy &&= answer.startsWith("ok ");
            process.stdout.write(`  ${metadata.name} on ${spec.nodeName}: ${answer.trim()}\n`);
        }
        healthy &&= pods.length >= platforms.length;
    }
    say(healthy ? "done" : "a pod does not answer: npm run sandbox -- exec -- oc get pods -A");
    return healthy ? 0 : 1;
}

function say(text: string): void {
    process.stdout.write(`multiarch: ${text}\n`);
}

start().then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        process.stderr.write(
            `multiarch: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.exitCode = 1;
    },
);
