import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { checkedTags, moveTag } from "./published";
import { report, words } from "./row";

const file = "docker/context-api.Dockerfile";
const pods = ["get", "pods", "-l", "job-name=context-api-publisher", "-o"];

/** The publisher and what it works on, in the hands of others, while a service runs. */
describe("the publisher", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("publisher");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    /** Begins an update and waits until its publisher waits for the builds. */
    async function publishing() {
        await bed.change({ [file]: slowDockerfile(10) });
        const run = bed.up();
        await run.says(/context-api arm64 {2}build \S+: started/);
        await bed.sees(/true/, [...pods, "jsonpath={.items[0].status.containerStatuses[0].ready}"]);
        return run;
    }

    // Seen failing without (protections.ts): the publisher's Job starts another pod.
    it("whose pod is deleted is replaced by its Job, and told everything again", async () => {
        const run = await publishing();
        const pod = await bed.stack.oc(...pods, "jsonpath={.items[0].metadata.name}");
        await bed.stack.oc("delete", "pod", pod, "--wait=false");

        const seconds = await bed.recover(run);

        expect(run.text).toContain("published sha256");
        report({
            fault: "publisher pod deleted",
            saw: "nothing",
            seconds,
            after: "the same update finished",
        });
    });

    // Seen failing without (protections.ts): npm run up refreshes.
    it("whose Job is deleted is declared again by the next npm run up", async () => {
        const run = await publishing();
        await bed.stack.oc("delete", "job", "context-api-publisher", "--wait=false");

        const text = await run.fails();
        await bed.undisturbed();

        expect(text).toMatch(
            /the publisher Job context-api-publisher in namespace \S+ does not exist/,
        );
        const seconds = await bed.recover(bed.wrapper("up", "--skip-preview"));
        report({
            fault: "publisher Job deleted",
            saw: words(text, /the publisher Job \S+ in namespace \S+ does not exist/),
            seconds,
            after: "builds reused; old service undisturbed, then new one up",
        });
    });

    // Seen failing without (protections.ts): tags that somebody else has moved stay.
    it("leaves a tag that somebody else has moved meanwhile", async () => {
        const run = await publishing();
        const moved = await moveTag(bed.repository, "latest");

        const seconds = await bed.recover(run);

        expect(run.text).toContain(
            `tag latest was moved by somebody else to ${moved} and stays there`,
        );
        expect((await checkedTags(bed.repository, ["amd64", "arm64"]))["latest"]).toBe(moved);
        report({
            fault: "tag moved by somebody else",
            saw: words(run.text, /tag latest was moved by somebody else/),
            seconds,
            after: "tag left to them, immutable tag published, service by digest",
        });
    });

    // Seen failing (protections.ts) where the tag is deleted all the time: a push makes it again.
    it("does not need a tag of the ImageStream that somebody deletes", async () => {
        await bed.change({ [file]: slowDockerfile(0) });
        await bed.stack.oc("delete", "imagestreamtag", "context-api:latest-amd64");
        const run = bed.up();

        const seconds = await bed.recover(run);

        expect(run.text).toContain("published sha256");

        report({
            fault: "ImageStream tag deleted before a build",
            saw: "nothing",
            seconds,
            after: "new service up",
        });
    });
});
