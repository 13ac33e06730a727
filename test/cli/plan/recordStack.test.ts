import { identityOf } from "../../../components/identity";
import { Order } from "../../../cli/plan/order";
import { planText } from "../../../cli/plan/planText";
import { recordStack } from "../../../cli/plan/recordStack";
import type { Recording } from "../../../cli/plan/recording";
import { minimal, removeFolders, stackFolder } from "./stackFolder";

afterAll(removeFolders);

const LOOK_UP = "getRegistryImageManifests quay.io/shop/api";

function inputsOf({ resources }: Recording, key: string): Readonly<Record<string, unknown>> {
    return resources.find((one) => one.key === key)?.inputs ?? {};
}

/** Image of the Deployment's container, as it is printed. */
function image(recording: Recording): string | undefined {
    return /image: (quay\S+@.*)/.exec(planText(recording, "yaml"))?.[1];
}

describe("recordStack", () => {
    it("records every resource of the program, in the order in which it comes", async () => {
        const { resources } = await recordStack({ root: stackFolder() });
        expect(resources.filter(({ role }) => role !== "component").map(({ key }) => key)).toEqual([
            "Namespace multiarch-namespace",
            "Provider(command) commands",
            "Provider(docker) registry",
            "Provider(kubernetes) cluster",
            "ConfigMap multiarch-publisher-program",
            "Role multiarch-publisher-puller",
            "Service api-service",
            "ServiceAccount multiarch-publisher-account",
            "RoleBinding multiarch-publisher-puller",
            "RoleBinding multiarch-publisher-scc",
            "ImageStream api-stream",
            "BuildConfig api-amd64-config",
            "BuildConfig api-arm64-config",
            "Command api-amd64-build",
            "Command api-arm64-build",
            "Job api-job",
            "Command api-publish",
            "Deployment api-deployment",
            "Command api-rollout",
        ]);
    });

    it("knows what each step of the pipeline waits for", async () => {
        const order = new Order(await recordStack({ root: stackFolder() }));
        expect(order.waits("Command api-amd64-build")).toEqual(["BuildConfig api-amd64-config"]);
        const rights = [
            "ConfigMap multiarch-publisher-program",
            "RoleBinding multiarch-publisher-puller",
            "RoleBinding multiarch-publisher-scc",
        ];
        expect(order.waits("ImageStream api-stream")).toEqual(rights);
        expect(order.waits("Job api-job")).toEqual([
            "BuildConfig api-amd64-config",
            "BuildConfig api-arm64-config",
        ]);
        expect(order.waits("BuildConfig api-amd64-config")).toEqual(["ImageStream api-stream"]);
        expect(order.waits("ServiceAccount multiarch-publisher-account")).toEqual([
            "Namespace multiarch-namespace",
        ]);
        expect(order.waits("Command api-publish")).toEqual([
            "Command api-amd64-build",
            "Command api-arm64-build",
            "Job api-job",
        ]);
        expect(order.waits(LOOK_UP)).toEqual(["Command api-publish"]);
        expect(order.waits("Deployment api-deployment")).toEqual([LOOK_UP]);
        expect(order.waits("Service api-service")).toEqual(["Namespace multiarch-namespace"]);
    });

    it("has everything wait for the namespace but the namespace and the providers", async () => {
        const recording = await recordStack({ root: stackFolder() });
        const order = new Order(recording);
        const others = recording.resources
            .map(({ key }) => key)
            .filter((key) => !order.all(key).has("Namespace multiarch-namespace"));
        expect(others).toEqual([
            "BuildProject multiarch",
            "Namespace multiarch-namespace",
            "Provider(command) commands",
            "Provider(docker) registry",
            "Provider(kubernetes) cluster",
        ]);
    });

    it("finds the component that looks a list up from its outputs", async () => {
        const { questions } = await recordStack({ root: stackFolder() });
        expect(questions.map(({ key, parent, awaitedBy }) => ({ key, parent, awaitedBy }))).toEqual(
            [
                {
                    key: LOOK_UP,
                    parent: "ManifestList api",
                    awaitedBy: ["Deployment api-deployment"],
                },
            ],
        );
    });

    it("asks nobody for a commit: forty zeros are printed as the ref's commit", async () => {
        const recording = await recordStack({ root: stackFolder() });
        const { environment } = inputsOf(recording, "Command api-amd64-build");
        expect((environment as Record<string, string>)["MULTIARCH_COMMIT"]).toBe("0".repeat(40));
        expect(planText(recording, "all")).toContain("MULTIARCH_COMMIT: <commit of release>\n");
        expect(planText(recording, "all")).not.toContain("0".repeat(40));
    });

    it("names the file of the run to every Command, the same wherever it is recorded", async () => {
        const stack = {
            organization: "organization",
            project: "multiarch",
            stack: "dev",
            namespace: minimal.namespace.name,
        };
        const file = `.multiarch/run/${identityOf(stack).slice(0, 12)}`;
        const { resources } = await recordStack({ root: stackFolder() });
        const files = resources
            .filter(({ role }) => role === "command")
            .map(
                ({ inputs }) =>
                    (inputs["environment"] as Record<string, string>)["MULTIARCH_RUN_FILE"],
            );
        expect(files).toEqual([file, file, file, file]);
    });

    it("takes a pinned commit as it is", async () => {
        const git = { ...minimal.git, commit: "c".repeat(40) };
        const recording = await recordStack({ root: stackFolder({ ...minimal, git }) });
        expect(planText(recording, "all")).toContain(`MULTIARCH_COMMIT: ${"c".repeat(40)}\n`);
        expect(planText(recording, "tree")).not.toContain("commit");
    });

    it("keeps the commits of two repositories apart that have a ref of one name", async () => {
        const git = { url: "https://git.example.com/web.git", ref: "release" };
        const images = [...minimal.images, { name: "web", destination: "quay.io/shop/web", git }];
        const recording = await recordStack({ root: stackFolder({ ...minimal, images }) });
        expect([...recording.standIns].slice(0, 2)).toEqual([
            ["0".repeat(40), "<commit of release>"],
            [`${"0".repeat(39)}1`, "<commit of release of https://git.example.com/web.git>"],
        ]);
    });

    it("deploys the list by the digest that publishing will tell", async () => {
        expect(image(await recordStack({ root: stackFolder() }))).toBe(
            "quay.io/shop/api@<digest of the list known after api-publish>",
        );
    });

    it("deploys a promoted image by its digest once the registry was asked", async () => {
        const digest = `sha256:${"d".repeat(64)}`;
        const images = [{ ...minimal.images[0], digest }];
        const recording = await recordStack({ root: stackFolder({ ...minimal, images }) });
        expect(image(recording)).toBe(`quay.io/shop/api@${digest}`);
        expect(recording.questions).toEqual([
            {
                key: LOOK_UP,
                inputs: { name: `quay.io/shop/api:promoted@${digest}` },
                parent: "PromotedImage api",
                dependencies: [],
                awaitedBy: ["Deployment api-deployment"],
            },
        ]);
    });

    it("says the same twice", async () => {
        const root = stackFolder();
        const [first, second] = [await recordStack({ root }), await recordStack({ root })];
        expect(planText(second, "all")).toBe(planText(first, "all"));
        expect(second).toEqual(first);
    });
});
