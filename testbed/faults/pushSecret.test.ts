import { quay } from "../sandbox/settings";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";

/** A push Secret that the pods cannot read, while a service runs. */
describe("the push Secret", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("secret");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing without (protections.ts): the push Secret is read beforehand.
    it("without an account is told before anything begins, and the next update with one finishes", async () => {
        await bed.stack.oc("create", "secret", "generic", "mine", "--from-literal=password=x");
        await bed.change({ [file]: slowDockerfile(0) });
        bed.stack.configure({ registry: { pushSecret: "mine" }, registryPassword: undefined });
        const before = await bed.stack.builds();

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toMatch(/the Secret "mine" in the namespace \S+ holds no account of quay\.io/);
        expect(await bed.begunSince(before)).toEqual([]);
        bed.stack.configure({ registry: { username: quay.user } });
        await bed.stack.setPassword(quay.password);
        const seconds = await bed.recover();
        report({
            fault: "push Secret without .dockerconfigjson",
            saw: words(text, /the Secret "mine"[^:]*/),
            seconds,
            after: "nothing begun, then new one up",
        });
    });

    // Seen failing without (protections.ts): npm run up refreshes.
    it("deleted while builds begin is told, and declared again by the next npm run up", async () => {
        await bed.change({ [file]: slowDockerfile(0) });
        bed.stack.configure({ build: { pendingTimeoutSeconds: 20 } });
        await bed.stack.oc("delete", "secret", "multiarch-push");

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toMatch(/FailedMount: .*secret "multiarch-push" not found/);
        bed.stack.configure({ build: undefined });
        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
        report({
            fault: "push Secret deleted",
            saw: words(text, /FailedMount: .*secret "multiarch-push" not found/),
            seconds,
            after: "declared again; old service undisturbed, then new one up",
        });
    });
});
