import { plainSecrets } from "../../../policy/rules/plainSecrets";
import { UNKNOWN } from "../../../policy/values";
import { deployment, FIRST, resource } from "../resources";

const KUBERNETES =
    "Accepted: the name and key of a Secret (valueFrom.secretKeyRef), or a mounted Secret. To fix: put it into a Secret of the namespace and name it in secretEnv of the image's application in multiarch:images.";
const COMMAND =
    "Accepted: a value marked with pulumi.secret, in environment or stdin. To fix: pass it with pulumi.secret in environment or stdin.";

function env(name: string, value: unknown) {
    return deployment({ env: [{ name, value }] });
}

function command(props: object, secrets?: ReadonlySet<string>) {
    return resource("command:local:Command", "build", props, { secrets });
}

// Not one piece, so that no scanner takes this file for a leak.
const credentials: [string, string][] = [
    ["a private key", ["-----BEGIN RSA", "PRIVATE KEY-----\nMII"].join(" ")],
    ["a docker config with credentials", '{"auths": {"quay.io": {"auth": "cm9ib3Q6cw=="}}}'],
    [
        "a docker config with credentials",
        Buffer.from('{"auths":{"quay.io":{}}}').toString("base64"),
    ],
    ["a URL with a password", "postgres://user:hunter2@db:5432/shop"],
    ["a GitHub token", `ghp_${"aB3".repeat(12)}`],
    ["a GitHub token", `github_pat_${"aB3".repeat(12)}`],
    ["a GitLab token", `glpat-${"a".repeat(20)}`],
    ["an AWS access key", `AKIA${"A1B2".repeat(4)}`],
    ["a Docker Hub token", `dckr_pat_${"a".repeat(24)}`],
    ["a Slack token", `xoxb-${"1".repeat(12)}`],
    ["an OpenShift token", `sha256~${"a".repeat(43)}`],
    ["a JSON web token", `eyJ${"a".repeat(12)}.eyJ${"b".repeat(12)}.c`],
    ["an Authorization header", "Authorization: Bearer abcdefgh12345"],
];

it.each(credentials)("finds %s whatever its name, and does not show it: %s", (what, value) => {
    expect(plainSecrets.check(env("SETTING", value), {})).toEqual([
        `${FIRST}.env[0].value ("SETTING") holds ${what}. ${KUBERNETES}`,
    ]);
    expect(plainSecrets.check(deployment({ args: ["--with", value] }), {})).toEqual([
        `${FIRST}.args holds ${what}. ${KUBERNETES}`,
    ]);
    expect(plainSecrets.check(command({ create: `run '${value}'` }), {})).toEqual([
        `create holds ${what}. ${COMMAND}`,
    ]);
    const configMap = resource("kubernetes:core/v1:ConfigMap", "api", {
        data: { "app.yaml": `a: ${value}` },
    });
    expect(plainSecrets.check(configMap, {})).toEqual([
        `data["app.yaml"] holds ${what}. ${KUBERNETES}`,
    ]);
});

it.each([
    "DB_PASSWORD",
    "dbPassword",
    "API_KEY",
    "GITHUB_TOKEN",
    "CLIENT_SECRET",
    "TOKEN_OLD",
    "AWS_SECRET_ACCESS_KEY",
    "PGPASSWORD",
])("finds a secret by the name %s", (name) => {
    expect(plainSecrets.check(env(name, "hunter2"), {})).toEqual([
        `${FIRST}.env[0].value ("${name}") holds text, and by its name a secret. ${KUBERNETES}`,
    ]);
});

it("finds a random value", () => {
    expect(plainSecrets.check(env("SETTING", "q7Zp2LmX9vRt4KsW8nYb3HcJ6dFg1TeA"), {})).toEqual([
        `${FIRST}.env[0].value ("SETTING") holds what looks like a key. ${KUBERNETES}`,
    ]);
});

it.each([
    ["--password=hunter2"],
    ["--password", "hunter2"],
    ["password: s3cret"],
    ["API_KEY=abc123"],
])("finds a password among the arguments %s %s", (...args) => {
    expect(plainSecrets.check(deployment({ args }), {})).toEqual([
        `${FIRST}.args holds a password or token. ${KUBERNETES}`,
    ]);
});

it.each([
    ["create", { create: "PASSWORD=hunter2 push" }, "create holds a password or token."],
    ["update", { update: "login --token abc123" }, "update holds a password or token."],
    ["delete", { delete: "login --token abc123" }, "delete holds a password or token."],
    [
        "environment",
        { environment: { REGISTRY_PASSWORD: "hunter2" } },
        'environment.REGISTRY_PASSWORD ("REGISTRY_PASSWORD") holds text, and by its name a secret.',
    ],
])("finds a password in the %s of a Command", (_, props, text) => {
    expect(plainSecrets.check(command(props), {})).toEqual([`${text} ${COMMAND}`]);
});

it.each(["environment", "environment.REGISTRY_PASSWORD"])(
    "accepts what is marked at %s",
    (path) => {
        const props = { create: "push", environment: { REGISTRY_PASSWORD: "hunter2" } };
        expect(plainSecrets.check(command(props, new Set([path])), {})).toEqual([]);
        expect(
            plainSecrets.check(command(props, new Set(["environment.REGISTRY"])), {}),
        ).toHaveLength(1);
    },
);

it("does not accept a mark in a container: the cluster has the text", () => {
    const marked = { ...env("DB_PASSWORD", "hunter2"), secrets: new Set(["spec"]) };
    expect(plainSecrets.check(marked, {})).toHaveLength(1);
});

it.each(["env", "buildArgs"])("looks into the %s of a BuildConfig", (list) => {
    const dockerStrategy = {
        [list]: [
            { name: "NPM_TOKEN", value: "abc" },
            { name: "GOARCH", value: "arm64" },
        ],
    };
    const type = "kubernetes:build.openshift.io/v1:BuildConfig";
    expect(
        plainSecrets.check(resource(type, "api", { spec: { strategy: { dockerStrategy } } }), {}),
    ).toEqual([
        `spec.strategy.dockerStrategy.${list}[0].value ("NPM_TOKEN") holds text, and by its name a secret. ${KUBERNETES}`,
    ]);
});

it.each([
    ["MODE", "fast"],
    ["DB_PASSWORD", ""],
    ["DB_PASSWORD", UNKNOWN],
    ["DB_PASSWORD", undefined],
    ["DB_PASSWORD_FILE", "/run/secrets/db"],
    ["TOKEN_TTL", "30s"],
    ["SECRET_NAME", "db"],
    ["KEYBOARD", "de"],
    ["COMMIT", "0123456789abcdef0123456789abcdef01234567"],
    ["DIGEST", `sha256:${"0123456789abcdef".repeat(4)}`],
    ["URL", "https://quay.io:443/shop/api@sha256"],
    ["DSN", "postgres://user@db:5432/shop"],
    ["CONFIG", "/etc/context-api/config.yaml"],
    ["CLASS", "com/example/shop/application/Configuration/Factory"],
])("accepts %s=%p", (name, value) => {
    expect(plainSecrets.check(env(name, value), {})).toEqual([]);
});

it("accepts a reference to a Secret", () => {
    const valueFrom = { secretKeyRef: { name: "db", key: "password" } };
    expect(
        plainSecrets.check(deployment({ env: [{ name: "DB_PASSWORD", valueFrom }] }), {}),
    ).toEqual([]);
});

it.each([
    ["login --password-stdin registry.example.com"],
    ['login --pass-stdin "$INTERNAL_REGISTRY" <"$token"'],
    ["token=/var/run/secrets/kubernetes.io/serviceaccount/token"],
    ["PASSWORD=$DB_PASSWORD1 run"],
    ["# the token is short-lived; written 2 times"],
])("accepts the command %s", (line) => {
    expect(plainSecrets.check(deployment({ command: ["/bin/sh", "-c", line] }), {})).toEqual([]);
    expect(plainSecrets.check(command({ create: line }), {})).toEqual([]);
});

it.each([UNKNOWN, { env: UNKNOWN, args: [UNKNOWN] }])(
    "accepts what is not known yet: %p",
    (props) => {
        expect(plainSecrets.check(deployment({ env: props, args: props }), {})).toEqual([]);
        expect(plainSecrets.check(command({ create: UNKNOWN, environment: UNKNOWN }), {})).toEqual(
            [],
        );
        expect(
            plainSecrets.check(
                resource("kubernetes:core/v1:ConfigMap", "api", { data: UNKNOWN }),
                {},
            ),
        ).toEqual([]);
    },
);
