import { plainSecrets } from "../../policy/rules/plainSecrets";
import { tlsVerification } from "../../policy/rules/tlsVerification";
import { textsOf } from "../../policy/texts";
import { resource } from "./resources";

const build = (spec: object) =>
    resource("kubernetes:build.openshift.io/v1:BuildConfig", "api", { spec });

it.each([
    [
        { strategy: { sourceStrategy: { env: [{ name: "A", value: "b" }] } } },
        "spec.strategy.sourceStrategy.env[0].value",
    ],
    [
        { strategy: { customStrategy: { env: [{ name: "A", value: "b" }] } } },
        "spec.strategy.customStrategy.env[0].value",
    ],
    [
        { strategy: { dockerStrategy: { buildArgs: [{ name: "A", value: "b" }] } } },
        "spec.strategy.dockerStrategy.buildArgs[0].value",
    ],
    [{ source: { dockerfile: "FROM a" } }, "spec.source.dockerfile"],
    [{ postCommit: { script: "make" } }, "spec.postCommit.script"],
    [{ postCommit: { command: ["make"] } }, "spec.postCommit.command"],
    [{ postCommit: { args: ["make"] } }, "spec.postCommit.args"],
])("walks %j", (spec, path) => {
    expect(textsOf(build(spec)).map((text) => text.path)).toEqual([path]);
});

it("finds a password and an option in what was waved through", () => {
    const spec = {
        source: { dockerfile: "RUN curl -k https://a" },
        postCommit: { script: "login --password hunter2" },
    };
    expect(plainSecrets.check(build(spec), {})[0]).toMatch(/^spec.postCommit.script holds/);
    expect(tlsVerification.check(build(spec), {})[0]).toMatch(
        /^spec.source.dockerfile has "curl -k"/,
    );
});
