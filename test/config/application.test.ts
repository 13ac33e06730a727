import { beforeStack, change, changeImage, minimal, problems } from "./load";

beforeAll(beforeStack);

describe("refuses, of applications,", () => {
    it.each([
        {
            what: "a request above its limit",
            stack: changeImage({ application: { resources: { requests: { memory: "1Gi" } } } }),
            expected: [
                'multiarch:images[0].application.resources.requests.memory is "1Gi": expected at most limits.memory, which is 512Mi',
            ],
        },
        {
            what: "the name of another application, be it the other's own or its image's",
            stack: change(minimal, {
                images: ["a", "b", "c"].map((name) => ({
                    name,
                    destination: `quay.io/shop/${name}`,
                    application: name === "a" ? { name: "c" } : name === "b" ? { name: "b" } : {},
                })),
            }),
            expected: [
                'multiarch:images[0].application.name is "c": expected another name than that of the application of images[2]',
            ],
        },
        {
            what: "half a pod",
            stack: changeImage({ application: { replicas: 0.5 } }),
            expected: [
                "multiarch:images[0].application.replicas is 0.5: expected a number of pods, a whole number of at least 0",
            ],
        },
        {
            what: "a rollout that may start no pod",
            stack: changeImage({ application: { maxSurge: "0%" } }),
            expected: [
                'multiarch:images[0].application.maxSurge is "0%": expected a percentage from "1%" to "100%"',
            ],
        },
        {
            what: "a port out of range",
            stack: changeImage({ application: { ports: [{ name: "http", port: 65536 }] } }),
            expected: [
                "multiarch:images[0].application.ports[0].port is 65536: expected a port, a whole number from 1 to 65535",
            ],
        },
        {
            what: "two ports of one name",
            stack: changeImage({
                application: {
                    ports: [
                        { name: "http", port: 8091 },
                        { name: "http", port: 8092 },
                    ],
                },
            }),
            expected: [
                'multiarch:images[0].application.ports[1].name is "http": expected ports that differ, and this is the same as [0]',
            ],
        },
        {
            what: "two ports of one number",
            stack: changeImage({
                application: {
                    ports: [
                        { name: "http", port: 8091 },
                        { name: "more", port: 8091 },
                    ],
                },
            }),
            expected: [
                "multiarch:images[0].application.ports[1].port is 8091: expected another number than that of the ports before it",
            ],
        },
        {
            what: "a port name that is too long",
            stack: changeImage({
                application: { ports: [{ name: "abcdefghijklmnop", port: 8091 }] },
            }),
            expected: [
                'multiarch:images[0].application.ports[0].name is "abcdefghijklmnop": expected a port name of at most 15 lower-case letters, digits and single "-", with at least one letter',
            ],
        },
        {
            what: "a probe of a port that is not there",
            stack: changeImage({ application: { ports: [{ name: "http", port: 8080 }] } }),
            expected: [
                "multiarch:images[0].application.probe.port is not set: expected one of the application's ports, 8080; the default is 8091",
            ],
        },
        {
            what: "a variable that is set twice",
            stack: changeImage({
                application: {
                    env: { TOKEN: "" },
                    secretEnv: [{ name: "TOKEN", secret: "token", key: "value" }],
                },
            }),
            expected: [
                'multiarch:images[0].application.secretEnv[0].name is "TOKEN": expected a variable that env does not set as well',
            ],
        },
        {
            what: "a variable whose name begins with a digit",
            stack: changeImage({ application: { env: { "1ST": "hunter2" } } }),
            expected: [
                'multiarch:images[0].application.env["1ST"] is set (string, not shown): expected a variable name of letters, digits, "_", "-" and ".", not beginning with a digit',
            ],
        },
        {
            what: "a key that no Secret can have",
            stack: changeImage({
                application: { secretEnv: [{ name: "TOKEN", secret: "token", key: "a/b" }] },
            }),
            expected: [
                'multiarch:images[0].application.secretEnv[0].key is "a/b": expected a key of at most 253 letters, digits, "-", "_" and "."',
            ],
        },
        {
            what: "a configuration file in the root folder",
            stack: changeImage({
                application: { configFile: { path: "/config.yaml", content: "a: 1" } },
            }),
            expected: [
                'multiarch:images[0].application.configFile.path is "/config.yaml": expected an absolute path in a folder of its own, such as "/etc/context-api/config.yaml"',
            ],
        },
        {
            what: "a configuration file above a mebibyte, without showing it",
            stack: changeImage({
                application: {
                    configFile: {
                        path: "/etc/api/config.yaml",
                        content: "a".repeat(1024 * 1024 + 1),
                    },
                },
            }),
            expected: [
                "multiarch:images[0].application.configFile.content is set (string, not shown): expected text of at most 1 MiB",
            ],
        },
        {
            what: "a path of a probe without a slash",
            stack: changeImage({ application: { probe: { path: "health" } } }),
            expected: [
                'multiarch:images[0].application.probe.path is "health": expected a path that begins with "/"',
            ],
        },
        {
            what: "a delay below zero",
            stack: changeImage({
                application: { probe: { liveness: { initialDelaySeconds: -1 } } },
            }),
            expected: [
                "multiarch:images[0].application.probe.liveness.initialDelaySeconds is -1: expected seconds, a whole number of at least 0",
            ],
        },
        {
            what: "a label that is none",
            stack: changeImage({ application: { partOf: "-" } }),
            expected: [
                'multiarch:images[0].application.partOf is "-": expected a label of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends',
            ],
        },
        {
            what: "an unknown publishing tool",
            stack: change(minimal, { publisher: { tool: "skopeo" } }),
            expected: ['multiarch:publisher.tool is "skopeo": expected one of regctl, buildah'],
        },
    ])("$what", ({ stack, expected }) => {
        expect(problems(stack)).toEqual(expected);
    });
});
