import { stackProviders } from "../../../providers";
import { load, minimal, change } from "../../config/load";
import { inputsOf, record } from "../../mocks";

const provider = "pulumi:providers:kubernetes cluster";
const run = async (kubernetes?: object) =>
    inputsOf(
        await record(() => {
            const values = kubernetes === undefined ? {} : { kubernetes };
            stackProviders(load(change(minimal, values)), undefined);
            return Promise.resolve();
        }),
        provider,
    );

describe("kubernetes.adopt", () => {
    it("takes over existing objects, with fields that oc has set", async () => {
        expect(await run({ adopt: true })).toMatchObject({
            upsertExistingObjects: "true",
            enablePatchForce: "true",
        });
    });

    it.each([undefined, { adopt: false }])("takes over nothing without it (%j)", async (given) => {
        expect(Object.keys(await run(given)).sort()).toEqual([
            "clusterIdentifier",
            "enableConfigMapMutable",
            "enableSecretMutable",
            "kubeconfig",
        ]);
    });
});
