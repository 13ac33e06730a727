import { UsageError } from "../../../config/usageError";
import {
    configOptions,
    optionsFor,
    parseStackCommand,
    pulumiArguments,
} from "../../../cli/stack/arguments";

describe("parseStackCommand", () => {
    it("reads the stack and the folder, and passes everything on", () => {
        const passed = ["--stack", "dev", "-C", "infra", "--target", "a b"];
        expect(parseStackCommand(["preview", ...passed])).toEqual({
            verb: "preview",
            stack: "dev",
            folder: "infra",
            withNamespace: undefined,
            passed,
        });
    });

    it("reads short and joined options, of which the last one counts", () => {
        expect(parseStackCommand(["up", "-s", "dev", "--stack=prod"])).toMatchObject({
            stack: "prod",
            folder: undefined,
        });
    });

    it.each([[], ["refresh"], ["--stack", "dev"]])(
        "says how it is used when told %j",
        (...argv) => {
            expect(() => parseStackCommand(argv)).toThrow(
                new UsageError(
                    "usage: npm run up|preview|destroy -- [--stack NAME] [any option of pulumi]",
                ),
            );
        },
    );
});

describe("--with-namespace", () => {
    it.each([[["--with-namespace", "shop"]], [["--with-namespace=shop"]]])(
        "is destroy's own, and not pulumi's: %j",
        (words) => {
            const command = parseStackCommand(["destroy", "--yes", ...words, "--stack", "dev"]);
            expect(command).toMatchObject({ withNamespace: "shop", stack: "dev" });
            expect(command.passed).toEqual(["--yes", "--stack", "dev"]);
        },
    );

    it.each([[["up", "--with-namespace", "shop"]], [["destroy", "--with-namespace"]]])(
        "is refused in %j",
        (words) => {
            expect(() => parseStackCommand(words)).toThrow(
                "--with-namespace is for destroy alone, and wants the namespace's name: --with-namespace NAME",
            );
        },
    );
});

describe("pulumiArguments", () => {
    const args = (...argv: string[]) => pulumiArguments(parseStackCommand(argv), {});

    it("lets an update look at the cluster first, go on when one image fails, and begin many builds at once", () => {
        const added = ["--continue-on-error", "--refresh", "--parallel=64"];
        expect(args("up", "--yes")).toEqual(["up", ...added, "--yes"]);
    });

    it.each([["--refresh=false"], ["-r"], ["--refresh"]])("leaves %s to the user", (option) => {
        expect(args("up", option)).toEqual(["up", "--continue-on-error", "--parallel=64", option]);
    });

    it.each([["--parallel=2"], ["--parallel", "2"], ["-p", "2"], ["-p=2"]])(
        "leaves %s to the user, too",
        (...options) => {
            const added = ["--continue-on-error", "--refresh"];
            expect(args("up", ...options)).toEqual(["up", ...added, ...options]);
        },
    );

    it("leaves the number of operations to who has set it in the environment", () => {
        const environment = { PULUMI_PARALLEL: "4" };
        const added = ["--continue-on-error", "--refresh"];
        expect(pulumiArguments(parseStackCommand(["up"]), environment)).toEqual(["up", ...added]);
    });

    it("adds nothing to the others", () => {
        expect(args("preview")).toEqual(["preview"]);
        expect(args("destroy", "--yes")).toEqual(["destroy", "--yes"]);
    });
});

describe("the options of further commands", () => {
    it("name the stack, the folder and the configuration's file", () => {
        const command = parseStackCommand([
            "up",
            "--stack",
            "dev",
            "--cwd=infra",
            "--config-file",
            "x.yaml",
            "--yes",
        ]);
        expect(optionsFor(command)).toEqual(["--stack", "dev", "--cwd", "infra"]);
        expect(configOptions(command)).toEqual(["--config-file", "x.yaml"]);
        expect(configOptions(parseStackCommand(["up"]))).toEqual([]);
    });
});
