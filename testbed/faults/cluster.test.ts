import { bringUp, kill } from "./components";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report } from "./row";

/** The cluster itself fails; alone, as it fails for everybody. */
describe("the cluster", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("cluster");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing without (protections.ts): a lost connection to the cluster is made again; an answer for nobody is
    // asked for again.
    // And where the third stays down: OpenShift's controllers go on where they were.
    it.each(["kube-apiserver", "openshift-apiserver", "openshift-controller-manager"])(
        "whose %s is restarted while images are built: the same update gets over it",
        async (component) => {
            await bed.change({ "docker/context-api.Dockerfile": slowDockerfile(15) });
            const run = bed.up();
            await run.says(/context-api arm64 {2}build \S+: started/);
            await run.says(/context-api amd64 {2}build \S+: started/);

            await kill(component);
            await bringUp();

            const seconds = await bed.recover(run);
            report({
                fault: `${component} restarted during the builds`,
                saw: "nothing",
                seconds,
                after: "the same update finished",
            });
            expect(run.text).toContain("published sha256");
        },
    );
});
