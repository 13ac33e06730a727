import { UsageError } from "../../../config/usageError";
import { parseArguments, usage, verbs } from "../../sandbox/arguments";

describe("parseArguments", () => {
    it.each(["up", "down", "wipe", "status", "check", "toolchain", "help"])(
        "takes %s without arguments",
        (verb) => {
            expect(parseArguments([verb])).toEqual({ verb });
            expect(() => parseArguments([verb, "now"])).toThrow(
                new UsageError(`${verb}: unexpected "now".`),
            );
        },
    );

    it("leaves the words of a command alone", () => {
        expect(parseArguments(["exec", "--", "oc", "get", "--", "-o", "yaml"])).toEqual({
            verb: "exec",
            command: ["oc", "get", "--", "-o", "yaml"],
        });
    });

    it("does not need the two dashes before a command", () => {
        expect(parseArguments(["exec", "true"])).toEqual({ verb: "exec", command: ["true"] });
    });

    it.each([[["exec"]], [["exec", "--"]]])("wants a command in %j", (words) => {
        expect(() => parseArguments(words)).toThrow("exec: what? Use: exec -- COMMAND...");
    });

    it("takes the name of a log or none", () => {
        expect(parseArguments(["logs"])).toEqual({ verb: "logs", name: undefined });
        expect(parseArguments(["logs", "etcd"])).toEqual({ verb: "logs", name: "etcd" });
    });

    it("wants the name of a repository", () => {
        expect(parseArguments(["repo", "demo"])).toEqual({ verb: "repo", name: "demo" });
        expect(() => parseArguments(["repo"])).toThrow("repo: which? Use: repo NAME");
    });

    it("lists the verbs for an unknown one", () => {
        expect(() => parseArguments(["start"])).toThrow(
            'unknown verb "start": use one of up, down, wipe, status, exec, logs, check, ' +
                "toolchain, repo, help.",
        );
    });

    it("lists the verbs for none at all", () => {
        expect(() => parseArguments([])).toThrow(
            "no verb: use one of up, down, wipe, status, exec, logs, check, toolchain, repo, help.",
        );
    });
});

describe("usage", () => {
    it("has a line for each verb", () => {
        const lines = usage().trimEnd().split("\n").slice(1);
        expect(lines.map((line) => line.trim().split(" ")[0])).toEqual(Object.keys(verbs));
    });
});
