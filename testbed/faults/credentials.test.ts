import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import { makeAccount } from "../e2e/account";
import { run, succeeded } from "../e2e/run";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { PulumiRun } from "./pulumiRun";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";
const publisherReady = ["get", "pods", "-l", "job-name=context-api-publisher", "-o"];
const ready = "jsonpath={.items[0].status.containerStatuses[0].ready}";

function tokenIn(kubeconfig: string): string {
    const { users } = JSON.parse(readFileSync(kubeconfig, "utf8")) as {
        users: [{ user: { token: string } }];
    };
    return users[0].user.token;
}

/** Credentials that end while they are needed, and what the next update then finds. */
describe("credentials", () => {
    let bed: FaultBed;
    /** What the registry takes now. */
    let password = "";

    beforeAll(async () => {
        bed = await FaultBed.create("credentials", { registry: true });
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    /** Gives the account another password, as somebody does at the registry. */
    async function rotate(): Promise<void> {
        password = randomBytes(12).toString("hex");
        bed.leaks.add(password);
        await bed.registry.tell({ accounts: [{ ...bed.registry.account, password }] });
    }

    /** Starts `pulumi up` with other variables. */
    function upWith(env: NodeJS.ProcessEnv): PulumiRun {
        const options = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];
        const place = ["--stack", "test", "--config-file", bed.stack.configFile];
        return new PulumiRun(["pulumi", "up", ...options, ...place], bed.backend, { env });
    }

    async function building(start: () => PulumiRun): Promise<PulumiRun> {
        const base = `${bed.registry.host}/sandbox/base:latest`;
        const text = slowDockerfile(12).replace(/^FROM .*/, `FROM ${base}`);
        await bed.change({ [file]: text });
        const going = start();
        await going.says(/context-api arm64 {2}build \S+: STEP \d/);
        await going.says(/context-api amd64 {2}build \S+: STEP \d/);
        return going;
    }

    // Seen failing without (protections.ts): the registry's account is tried beforehand.
    it("of the registry that change between check and push are named; the next update is refused at once, and the one after it finishes", async () => {
        const going = await building(() => bed.up());
        await bed.sees(/true/, [...publisherReady, ready]);
        await rotate();
        const text = await going.fails();
        await bed.undisturbed();
        const before = await bed.stack.builds();

        const next = bed.up();
        const refused = await next.fails();
        await bed.undisturbed();
        await bed.stack.setPassword(password);
        const seconds = await bed.recover();

        expect(text).toMatch(
            /the registry refuses what publisher \S+ asks for, and would again; no floating tag moved\.\s+Check the account \(multiarch:registry\.username, multiarch:registryPassword/,
        );
        // Not seen failing: checkRegistry (checks/registryChecks.ts) was not taken out.
        expect(refused).toMatch(
            /Nothing was changed: \S+ refuses what images are to be published with\.\s+multiarch:registryPassword: /,
        );
        expect(refused).toContain(
            "pulumi config set --secret multiarch:registryPassword --stack test",
        );
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "registry password changed between check and push",
            saw: words(text, /the registry refuses[^;,]*/),
            seconds,
            after: "builds reused; old service undisturbed, then new one up",
        });
    });

    // Seen failing without (protections.ts): a changed password is written into the Secret, which stays.
    it("of the registry that are rotated between two updates rebuild nothing", async () => {
        const before = await bed.stack.builds();
        await rotate();
        await bed.stack.setPassword(password);

        const next = bed.up();
        const seconds = await bed.recover(next);

        expect(next.text).toContain("context-api: nothing to build");
        expect(next.text).toMatch(/Secret +multiarch-push +updated/);
        expect(next.text).not.toMatch(/Job +context-api-job +(replaced|created)/);
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "push secret rotated",
            saw: "one Secret updated",
            seconds,
            after: "nothing built, published or rolled out",
        });
    });

    // Seen failing without (protections.ts): builds are adopted.
    it("of the cluster that end while images are built are named, and the next update takes the builds over", async () => {
        const { namespace } = bed.stack;
        const kubeconfig = await makeAccount(namespace, "passing", bed.backend);
        bed.leaks.add(tokenIn(kubeconfig), kubeconfig);
        const role = ["policy", "add-role-to-user", "admin", "-z", "passing"];
        succeeded(await run(["oc", "-n", namespace, ...role]));
        const going = await building(() => upWith({ KUBECONFIG: kubeconfig }));
        await bed.stack.oc("delete", "serviceaccount", "passing");

        const text = await going.fails();
        await bed.undisturbed();
        const before = await bed.stack.builds();
        const seconds = await bed.recover();

        expect(text).toMatch(/The cluster refused to .* \(401 Unauthorized\)/);
        expect(text).toMatch(/Next: log in again \(oc login\), or name the right context\./);
        expect(await bed.begunSince(before)).toEqual([]);
        report({
            fault: "token of the cluster ended during the builds",
            saw: words(text, /The cluster refused to [^\n]{0,90}/),
            seconds,
            after: "builds reused; old service undisturbed, then new one up",
        });
    });

    // Seen failing without (protections.ts): passwords must be secrets.
    it("in plain text are refused, and not repeated", async () => {
        // Not the one that leaks are searched for: Pulumi keeps what its user writes in plain text.
        const plain = randomBytes(12).toString("hex");
        bed.stack.configure({ registryPassword: plain });

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toContain(
            "multiarch:registryPassword is in plain text: expected a secret, as set by: pulumi config set --secret multiarch:registryPassword",
        );
        expect(text).not.toContain(plain);
        bed.stack.configure({ registryPassword: undefined });
        await bed.stack.setPassword(password);
        const seconds = await bed.recover();
        report({
            fault: "registry password in plain text",
            saw: words(text, /multiarch:registryPassword is in plain text/),
            seconds,
            after: "nothing begun",
        });
    });

    // Seen failing (protections.ts) with the right passphrase: Pulumi decrypts before it runs the program.
    it("that cannot be decrypted stop the update, and nothing else", async () => {
        const text = await upWith({ PULUMI_CONFIG_PASSPHRASE: "another" }).fails();
        await bed.undisturbed();

        expect(text).toMatch(/incorrect passphrase/);
        const seconds = await bed.recover();
        report({
            fault: "stack's secrets cannot be decrypted",
            saw: words(text, /incorrect passphrase[^\n]{0,60}/),
            seconds,
            after: "nothing begun",
        });
    });
});
