import { architectures } from "../sandbox/settings";
import { dockerfile, slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { childOf } from "./published";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";

/** Builds that succeed, and whose image is not what was asked for, while a service runs. */
describe("an image", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("wrong");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    // Seen failing without (protections.ts): pinned bases are looked at beforehand.
    it.each(architectures)(
        "on a base pinned to the child digest of %s is refused before anything is built",
        async (pinned) => {
            const other = architectures.find((it) => it !== pinned) ?? "";
            const child = await childOf("sandbox/base", "latest", pinned);
            const tags = await bed.published();
            const builds = await bed.stack.oc("get", "builds", "-o", "name");
            await bed.change({ [file]: dockerfile(`quay.io/sandbox/base@${child}`) });

            const text = await bed.up().fails();
            await bed.undisturbed();

            const says = new RegExp(
                `line 1: \\S+@${child} is one image, for ${pinned} only, and would be the base for ${other}`,
            );
            expect(text).toMatch(says);
            expect(await bed.stack.oc("get", "builds", "-o", "name")).toEqual(builds);
            expect(await bed.published()).toEqual(tags);
            await bed.change({ [file]: slowDockerfile(0) });
            const seconds = await bed.recover();
            report({
                fault: `base image pinned to its ${pinned} child`,
                saw: words(text, says),
                seconds,
                after: "nothing built, no tag moved; old service undisturbed, then new one up",
            });
        },
    );

    // Seen failing without (protections.ts): images are checked before they are published.
    it("built by a BuildConfig that somebody has edited is refused, and built right by the next npm run up", async () => {
        const selector = { spec: { nodeSelector: { "kubernetes.io/arch": "arm64" } } };
        const patch = ["--type", "merge", "-p", JSON.stringify(selector)];
        await bed.stack.oc("patch", "buildconfig", "context-api-amd64", ...patch);
        await bed.change({ [file]: slowDockerfile(0) });

        const text = await bed.up().fails();
        await bed.undisturbed();

        expect(text).toMatch(/Its architecture is arm64, wanted amd64\./);
        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
        report({
            fault: "BuildConfig edited: image of the wrong architecture",
            saw: words(text, /Its architecture is arm64, wanted amd64\./),
            seconds,
            after: "no tag moved; BuildConfig put back, that image built again, the other reused",
        });
    });
});
