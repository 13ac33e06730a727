import { tlsVerification } from "../../../policy/rules/tlsVerification";
import { UNKNOWN } from "../../../policy/values";
import { deployment, FIRST, resource } from "../resources";

function off(where: string): string {
    return `${where}, which turns certificate checks off. Accepted: connections whose certificate is verified. To fix: remove it, and mount or install the certificate authority where it is missing.`;
}

it.each([
    ["buildah push --tls-verify=false a b", "--tls-verify=false"],
    ["skopeo copy --dest-tls-verify false a b", "--dest-tls-verify false"],
    ["oc login --insecure-skip-tls-verify", "--insecure-skip-tls-verify"],
    ["oc login --insecure-skip-tls-verify=true https://api", "--insecure-skip-tls-verify=true"],
    ["manifest-tool --insecure push", "--insecure"],
    ["regctl registry set --tls disabled quay.io", "--tls disabled"],
    ["wget --no-check-certificate https://a", "--no-check-certificate"],
    ["curl -fsSLk https://a", "curl -fsSLk"],
    ["curl -u robot:hunter -k https://a", "curl -k"],
    ["git -c http.sslVerify=false clone", "http.sslVerify=false"],
    ["run --config '{\"insecureSkipVerify\": true}'", 'insecureSkipVerify\\": true'],
    ["NODE_TLS_REJECT_UNAUTHORIZED=0 node a.js", "NODE_TLS_REJECT_UNAUTHORIZED=0"],
    ["GIT_SSL_NO_VERIFY=true git clone", "GIT_SSL_NO_VERIFY=true"],
])("finds the option in %s", (line, words) => {
    const args = line.split(" ");
    expect(tlsVerification.check(deployment({ args }), {})).toEqual([
        off(`${FIRST}.args has "${words}"`),
    ]);
    expect(tlsVerification.check(deployment({ command: ["sh", "-c", line] }), {})).toEqual([
        off(`${FIRST}.command has "${words}"`),
    ]);
    expect(
        tlsVerification.check(deployment({ env: [{ name: "OPTIONS", value: line }] }), {}),
    ).toEqual([off(`${FIRST}.env[0].value has "${words}"`)]);
    expect(
        tlsVerification.check(resource("command:local:Command", "a", { create: line }), {}),
    ).toEqual([off(`create has "${words}"`)]);
});

it.each([
    ["NODE_TLS_REJECT_UNAUTHORIZED", "0"],
    ["GIT_SSL_NO_VERIFY", "1"],
    ["REGISTRY_INSECURE", "true"],
    ["VAULT_SKIP_TLS_VERIFY", "True"],
    ["TLS_VERIFY", "false"],
    ["BUILDAH_TLS_VERIFY", "no"],
])("finds the variable %s=%s", (name, value) => {
    expect(tlsVerification.check(deployment({ env: [{ name, value }] }), {})).toEqual([
        off(`${FIRST}.env[0].value ("${name}") is "${value}"`),
    ]);
    const command = resource("command:local:Command", "a", { environment: { [name]: value } });
    expect(tlsVerification.check(command, {})).toEqual([
        off(`environment.${name} ("${name}") is "${value}"`),
    ]);
});

it.each([
    [
        "kubernetes:image.openshift.io/v1:ImageStream",
        { spec: { tags: [{ importPolicy: { insecure: true } }] } },
        "spec.tags[0].importPolicy.insecure is true",
    ],
    [
        "kubernetes:apiregistration.k8s.io/v1:APIService",
        { spec: { insecureSkipTLSVerify: true } },
        "spec.insecureSkipTLSVerify is true",
    ],
    [
        "kubernetes:monitoring.coreos.com/v1:ServiceMonitor",
        { tlsConfig: { insecureSkipVerify: true } },
        "tlsConfig.insecureSkipVerify is true",
    ],
    [
        "kubernetes:a/v1:A",
        { "insecure-skip-tls-verify": true },
        '["insecure-skip-tls-verify"] is true',
    ],
    ["kubernetes:a/v1:A", { registry: { tlsVerify: false } }, "registry.tlsVerify is false"],
    [
        "pulumi:providers:kubernetes",
        { kubeconfig: "clusters:\n- cluster:\n    insecure-skip-tls-verify: true\n" },
        'kubeconfig has "insecure-skip-tls-verify: true"',
    ],
    [
        "pulumi:providers:kubernetes",
        { kubeconfig: '{"clusters":[{"cluster":{"insecure-skip-tls-verify":true}}]}' },
        'kubeconfig has "insecure-skip-tls-verify: true"',
    ],
    [
        "pulumi:providers:docker",
        { registryAuth: '[{"address":"http://quay.io","password":"hunter2"}]' },
        'registryAuth[0].address is "http://quay.io"',
    ],
    [
        "pulumi:providers:docker",
        { registryAuth: [{ address: "http://quay.io" }] },
        'registryAuth[0].address is "http://quay.io"',
    ],
    [
        "pulumi:providers:docker",
        { registryAuth: '[{"address":"quay.io","insecure":true}]' },
        "registryAuth[0].insecure is true",
    ],
    ["pulumi:providers:other", { insecure: "true" }, 'insecure is "true"'],
])("finds the setting of a %s %j", (type, props, where) => {
    expect(tlsVerification.check(resource(type, "a", props), {})).toEqual([off(where)]);
});

it.each([
    "buildah push --tls-verify=true a b",
    "buildah push --tls-verify a b",
    "oc login --insecure-skip-tls-verify=false",
    "oc apply -k overlay",
    "curl -fsSL https://a/b-k",
    "curl https://a | sort -k 2",
    "regctl registry set --tls enabled quay.io",
    "run --insecure-port 0",
])("accepts %s", (line) => {
    expect(tlsVerification.check(deployment({ args: line.split(" ") }), {})).toEqual([]);
    expect(
        tlsVerification.check(resource("command:local:Command", "a", { create: line }), {}),
    ).toEqual([]);
});

it.each([
    ["pulumi:providers:kubernetes", { kubeconfig: "/home/user/.kube/config", context: "dev" }],
    ["pulumi:providers:kubernetes", { kubeconfig: UNKNOWN }],
    [
        "pulumi:providers:docker",
        { registryAuth: '[{"address":"quay.io","authDisabled":true}]', host: "ssh://unused" },
    ],
    ["pulumi:providers:docker", { registryAuth: UNKNOWN }],
    [
        "kubernetes:route.openshift.io/v1:Route",
        { spec: { tls: { insecureEdgeTerminationPolicy: "Redirect" } } },
    ],
    ["kubernetes:a/v1:A", { insecure: false, tlsVerify: true, insecureSkipVerify: UNKNOWN }],
    ["command:local:Command", { create: UNKNOWN, environment: { TLS_VERIFY: UNKNOWN } }],
])("accepts a %s %p", (type, props) => {
    expect(tlsVerification.check(resource(type, "a", props), {})).toEqual([]);
});
