import { FaultBed } from "./faultBed";
import { report } from "./row";

/** Objects that others edit or delete between two updates: npm run up puts every one back. */
describe("drift", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("drift");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    const objects = [
        "buildconfig/context-api-amd64",
        "imagestream/context-api",
        "deployment/context-api",
        "service/context-api",
        "configmap/context-api-config",
        "role/multiarch-publisher-puller",
        "rolebinding/multiarch-publisher-puller",
        "rolebinding/multiarch-publisher-scc",
        "serviceaccount/multiarch-publisher",
        "secret/multiarch-push",
        "job/context-api-publisher",
    ];

    // Seen failing without (protections.ts): npm run up refreshes.
    it("of every declared object, deleted all at once, is put back without a build", async () => {
        const builds = await bed.stack.builds();
        await bed.stack.oc("delete", "--wait=true", "--timeout=60s", ...objects);

        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));

        expect(
            (await bed.stack.oc("get", ...objects, "-o", "name")).trim().split("\n"),
        ).toHaveLength(objects.length);
        // A BuildConfig takes its builds with it; what is published needs none.
        expect(await bed.begunSince(builds)).toEqual([]);
        report({
            fault: "every declared object deleted",
            saw: "the objects created again",
            seconds,
            after: "service up, nothing built",
        });
    });

    // Seen failing without (protections.ts): npm run up refreshes.
    it("of an edited BuildConfig is put back", async () => {
        const path = "jsonpath={.spec.nodeSelector}";
        await bed.stack.oc(
            "patch",
            "buildconfig",
            "context-api-amd64",
            "--type=merge",
            "-p",
            '{"spec":{"nodeSelector":{"kubernetes.io/arch":"arm64"}}}',
        );

        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));

        expect(await bed.stack.oc("get", "buildconfig", "context-api-amd64", "-o", path)).toBe(
            '{"kubernetes.io/arch":"amd64"}',
        );
        report({
            fault: "BuildConfig edited",
            saw: "one object updated",
            seconds,
            after: "as declared",
        });
    });
});
