import * as pulumi from "@pulumi/pulumi";

import { loadConfig } from "../../config/loadConfig";
import { suggestion } from "../../config/suggestion";
import { beforeStack, change, changeImage, load, minimal, problems } from "./load";

beforeAll(beforeStack);

const architectures = ["amd64", "arm64", "ppc64le", "s390x"];

it.each([
    ["x86_64", "amd64"],
    ["aarch64", "arm64"],
    ["AMD64", "amd64"],
    ["X86-64", "amd64"],
    ["amd46", "amd64"],
    ["s390", "s390x"],
    ["mips", undefined],
    ["riscv64", undefined],
])("of %s says that %s was meant", (word, meant) => {
    expect(suggestion(word, architectures)).toBe(meant);
});

it.each([
    [
        change(minimal, { architectures: ["x86_64"] }),
        'multiarch:architectures[0] is "x86_64": expected one of amd64, arm64, ppc64le, s390x; did you mean amd64?',
    ],
    [
        change(minimal, { build: { runPolicy: "serial" } }),
        'multiarch:build.runPolicy is "serial": expected one of Serial, SerialLatestOnly, Parallel; did you mean Serial?',
    ],
    [
        change(minimal, { namespace: { name: "shop", craete: true } }),
        "multiarch:namespace.craete is not a setting: expected one of name, create; did you mean create?",
    ],
])("ends an error with what was meant: %#", (stack, line) => {
    expect(problems(stack)).toEqual([line]);
});

it.each(["multiarhc:images", "Multiarch:git", "multi-arch:build"])(
    "refuses %s, which nobody would read",
    (key) => {
        load(minimal);
        const all = pulumi.runtime.allConfig();
        pulumi.runtime.setAllConfig({ ...all, [key]: "{}" });
        const meant = `multiarch:${key.split(":")[1] ?? ""}`;
        expect(() => loadConfig()).toThrow(`${key} is read by nobody: expected ${meant}`);
    },
);

it.each(["kubernetes:context", "docker:host", "pulumi:tags", "march:x"])(
    "leaves %s alone",
    (key) => {
        load(minimal);
        const all = pulumi.runtime.allConfig();
        pulumi.runtime.setAllConfig({ ...all, [key]: "x" });
        expect(loadConfig().namespace.name).toBe("shop");
    },
);

it.each(["constructor", "toString", "hasOwnProperty", "__proto__"])(
    "takes %s for no key",
    (key) => {
        const images = JSON.parse(
            `[{"name": "api", "destination": "quay.io/shop/api", ${JSON.stringify(key)}: {}}]`,
        ) as unknown;
        expect(problems(change(minimal, { images }))[0]).toMatch(
            /^multiarch:images\[0\]\.\w+ is not a setting/,
        );
    },
);

it.each([
    ["requests", "memory", "2Gi", "512Mi"],
    ["requests", "cpu", "2", "500m"],
    ["requests", "cpu", 1, "500m"],
])("names the default that %s.%s %j is above", (_, kind, value, limit) => {
    const resources = { requests: { [kind]: value } };
    expect(problems(changeImage({ application: { resources } }))).toEqual([
        `multiarch:images[0].application.resources.requests.${kind} is ${JSON.stringify(value)}: expected at most limits.${kind}, which is ${limit}`,
    ]);
});

it.each([
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api",
    "registry.example.com:5000/api",
    "my_registry:5000/shop/api",
    "ci_registry.example.com/api",
])("takes %s for a destination", (destination) => {
    const server = destination.split("/")[0];
    const stack = change(minimal, {
        registry: { server, pushSecret: "push" },
        images: [{ name: "api", destination }],
    });
    expect(load(stack).images[0]?.destination).toBe(destination);
});

it.each(["512m", "1500m", "0.5"])("refuses %s of memory, a part of a byte", (memory) => {
    const resources = { limits: { memory } };
    expect(problems(changeImage({ resources }))).toEqual([
        `multiarch:images[0].resources.limits.memory is "${memory}": expected an amount of whole bytes, such as "512Mi"; "m" is a thousandth`,
    ]);
});
