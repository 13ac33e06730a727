import { withGraph } from "../../../cli/plan/graphBlock";
import { sharedName } from "../../../cli/plan/merge";
import { mermaidText } from "../../../cli/plan/mermaid";
import type { RecordedResource, Recording } from "../../../cli/plan/recording";
import { UsageError } from "../../../config/usageError";

function resource(
    key: string,
    parent?: string,
    dependencies: readonly string[] = [],
    role: RecordedResource["role"] = parent === undefined ? "component" : "object",
): RecordedResource {
    const [type = "", name = ""] = key.split(" ");
    return { key, type, name, role, parent, dependencies, inputs: {} };
}

function recording(
    resources: readonly RecordedResource[],
    questions: Recording["questions"] = [],
): Recording {
    return {
        project: "shop",
        stack: "dev",
        configFile: "Pulumi.dev.yaml",
        assumedSecrets: [],
        resources,
        questions,
        standIns: new Map(),
        outputs: {},
    };
}

describe("mermaidText", () => {
    it("draws the builds of two architectures as one, and a look-up in between", () => {
        const builds = ["amd64", "arm64"].flatMap((name) => [
            resource(`ImageBuild api-${name}`),
            resource(`BuildConfig api-${name}-config`, `ImageBuild api-${name}`),
            resource(
                `Command api-${name}-build`,
                `ImageBuild api-${name}`,
                [`BuildConfig api-${name}-config`],
                "command",
            ),
        ]);
        const application = [
            resource("Application api"),
            resource("Deployment api-deployment", "Application api"),
        ];
        const question = {
            key: "lookUp quay.io/shop/api",
            inputs: {},
            parent: undefined,
            dependencies: ["Command api-amd64-build", "Command api-arm64-build"],
            awaitedBy: ["Deployment api-deployment"],
        };
        expect(mermaidText(recording([...builds, ...application], [question]))).toBe(
            [
                "flowchart TB",
                '  subgraph s1["ImageBuild api-{amd64,arm64}"]',
                '    n1["BuildConfig<br/>api-{amd64,arm64}-config"]',
                '    n2[["Command<br/>api-{amd64,arm64}-build"]]',
                "  end",
                '  subgraph s2["Application api"]',
                '    n3["Deployment<br/>api-deployment"]',
                "  end",
                '  n4{{"lookUp<br/>quay.io/shop/api"}}',
                "  n1 --> n2",
                "  n4 --> n3",
                "  n2 --> n4",
                "",
            ].join("\n"),
        );
    });

    it("draws siblings apart when one waits for the other", () => {
        const resources = [
            resource("App api"),
            resource("Job api-first", "App api"),
            resource("Job api-second", "App api", ["Job api-first"]),
        ];
        expect(mermaidText(recording(resources)).split("\n").slice(2, 6)).toEqual([
            '    n1["Job<br/>api-first"]',
            '    n2["Job<br/>api-second"]',
            "  end",
            "  n1 --> n2",
        ]);
    });

    it("writes what Mermaid would read otherwise as entities", () => {
        const name = 'Job `a"<#&>';
        expect(mermaidText(recording([resource(name, undefined, [], "object")]))).toBe(
            'flowchart TB\n  n1["Job<br/>#96;a#quot;#lt;#35;#amp;#gt;"]\n',
        );
    });
});

describe("sharedName", () => {
    it.each([
        [["api-deployment"], "api-deployment"],
        [["api-amd64-build", "api-arm64-build"], "api-{amd64,arm64}-build"],
        [["api", "web"], "{api,web}"],
        [["a-b", "a"], "a-{b,}"],
        [["api-job", "api-job"], "api-job"],
    ])("writes %j as %s", (names, expected) => {
        expect(sharedName(names)).toBe(expected);
    });
});

describe("withGraph", () => {
    const document = "# A\n<!-- graph:begin -->\nold\n<!-- graph:end -->\nend\n";

    it("puts the graph between the marks, and again the same", () => {
        const fresh = withGraph(document, "flowchart TB\n", "README.md");
        expect(fresh).toBe(
            "# A\n<!-- graph:begin -->\n\n```mermaid\nflowchart TB\n```\n\n<!-- graph:end -->\nend\n",
        );
        expect(withGraph(fresh, "flowchart TB\n", "README.md")).toBe(fresh);
    });

    it.each(["# A\n", "<!-- graph:begin -->\n", `${document}${document}`])(
        "refuses a document without one pair of marks",
        (text) => {
            expect(() => withGraph(text, "", "README.md")).toThrow(
                new UsageError(
                    "README.md: expected one line <!-- graph:begin --> and, after it, one line <!-- graph:end -->; put both where the graph belongs.",
                ),
            );
        },
    );
});
