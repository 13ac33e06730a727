import { secretData } from "../../../policy/rules/secretData";
import { UNKNOWN } from "../../../policy/values";
import { resource } from "../resources";

const DOCKER_CONFIG = '{"auths":{"quay.io":{"auth":"cm9ib3Q6aHVudGVyMg=="}}}';
const TYPE = "kubernetes.io/dockerconfigjson";

function check(props: object, secrets?: ReadonlySet<string>, type = "kubernetes:core/v1:Secret") {
    return secretData.check(resource(type, "push", props, { secrets }), {});
}

function unmarked(path: string): string {
    return `${path} is not marked as a secret, so that Pulumi stores and shows it. Accepted: values marked with pulumi.secret. To fix: wrap the value in pulumi.secret, or declare the object as k8s.core.v1.Secret, which does so.`;
}

it("finds values without a mark, and does not show them", () => {
    const props = {
        data: { password: "aHVudGVyMg==" },
        stringData: { "user.name": "robot", token: "hunter2" },
    };
    expect(check(props, new Set(["stringData.token"]))).toEqual([
        unmarked("data.password"),
        unmarked('stringData["user.name"]'),
    ]);
});

it("finds them in an object of another type that is a Secret too", () => {
    expect(check({ data: { a: "b" } }, new Set(), "kubernetes:v1:Secret")).toEqual([
        unmarked("data.a"),
    ]);
});

it.each([
    ["data", "stringData"],
    ["data.password", "stringData.password"],
])("accepts marks at %s and %s", (...paths) => {
    const props = { data: { password: "aHVudGVyMg==" }, stringData: { password: "hunter2" } };
    expect(check(props, new Set(paths))).toEqual([]);
});

it("says nothing about marks that it was not shown", () => {
    expect(check({ data: { password: "aHVudGVyMg==" } })).toEqual([]);
});

const credentials =
    'Accepted: JSON with the credentials by registry: {"auths": {"quay.io": {"auth": ...}}}. To fix: set username in multiarch:registry and multiarch:registryPassword, or name a Secret in pushSecret.';

it.each([
    [{}, "is not set"],
    [{ stringData: { ".dockerconfigjson": "hunter2" } }, "is not a docker config"],
    [{ stringData: { ".dockerconfigjson": '{"auths":{}}' } }, "is not a docker config"],
    [{ data: { ".dockerconfigjson": DOCKER_CONFIG } }, "is not a docker config"],
])("wants the credentials of a docker config: %j", (data, is) => {
    expect(check({ type: TYPE, ...data })).toEqual([
        `type is "${TYPE}", but .dockerconfigjson ${is}. ${credentials}`,
    ]);
});

it.each([
    [undefined, "not set"],
    ["Opaque", '"Opaque"'],
])("wants the type of a docker config, not %s", (type, is) => {
    expect(check({ type, stringData: { "config.json": DOCKER_CONFIG } })).toEqual([
        `"config.json" is a docker config, but type is ${is}. Accepted: type "${TYPE}" with the key ".dockerconfigjson". To fix: set both, or else OpenShift's builds do not find the credentials.`,
    ]);
});

it.each([
    { type: TYPE, stringData: { ".dockerconfigjson": DOCKER_CONFIG } },
    { type: TYPE, data: { ".dockerconfigjson": Buffer.from(DOCKER_CONFIG).toString("base64") } },
    { type: TYPE, stringData: { ".dockerconfigjson": UNKNOWN } },
    { type: TYPE, stringData: UNKNOWN },
    { type: UNKNOWN, stringData: { ".dockerconfigjson": DOCKER_CONFIG } },
    { type: "kubernetes.io/basic-auth", stringData: { username: "git", password: "hunter2" } },
])("accepts %p", (props) => {
    expect(check(props)).toEqual([]);
    expect(check(props, new Set(["data", "stringData"]))).toEqual([]);
});

it("leaves other resources alone", () => {
    expect(check({ data: { a: "b" } }, new Set(), "kubernetes:core/v1:ConfigMap")).toEqual([]);
});
