import { type Protection } from "./protection";

/** What others protect, which cannot be taken out: the test is changed, and its fault outlasts what they do. */
export const outlasted: readonly Protection[] = [
    {
        name: "regctl repeats requests (more answers 500 than it and the Job's pods repeat)",
        tests: ["registry: three answers 500 to pushes"],
        file: "testbed/faults/troubles.test.ts",
        from: "status: 500, times: 3 ",
        to: "status: 500, times: 3000 ",
    },
    {
        name: "regctl waits as a 429 tells it (more of them than it and the Job's pods wait for)",
        tests: ["registry: 429 with Retry-After"],
        file: "testbed/faults/troubles.test.ts",
        from: "retryAfter: 1, times: 3 ",
        to: "retryAfter: 1, times: 3000 ",
    },
    {
        name: "regctl begins a blob again (it is cut off more often than it and the Job's pods begin)",
        tests: ["registry: drops the connection in the middle of two blobs"],
        file: "testbed/faults/troubles.test.ts",
        from: "cutAfter: 100, times: 2 ",
        to: "cutAfter: 100, times: 2000 ",
    },
    {
        name: "OpenShift's builder repeats a push (the internal registry stays down)",
        tests: ["down while images are pushed to it"],
        alone: ["down while images are pushed to it"],
        file: "testbed/faults/internalRegistry.test.ts",
        from: "await sleep(DOWN);\n        await bringUp();\n    }\n",
        to: "await sleep(DOWN);\n    }\n",
    },
    {
        name: "containers outlive the kubelet and containerd (which stay down)",
        tests: ["restarted while it builds"],
        alone: ["restarted while it builds"],
        file: "testbed/faults/nodes.test.ts",
        from: "await kill(...arm64);\n        await bringUp();\n",
        to: "await kill(...arm64);\n",
    },
    {
        name: "OpenShift's controllers go on where they were (they stay down)",
        tests: ["whose openshift-controller-manager is restarted"],
        alone: ["whose openshift-controller-manager is restarted"],
        file: "testbed/faults/cluster.test.ts",
        from: "await kill(component);\n            await bringUp();\n",
        to: "await kill(component);\n",
    },
    {
        name: "OpenShift's registry makes a deleted ImageStream again (it is deleted all the time)",
        tests: ["ImageStream deleted during the builds"],
        file: "testbed/faults/declared.test.ts",
        from: 'await bed.stack.oc("delete", "imagestream/context-api", "--wait=true", "--timeout=60s");\n',
        to: `setInterval(() => void bed.stack.oc("delete", "imagestream/context-api", "--ignore-not-found").catch(() => 0), 500).unref();\n`,
    },
    {
        name: "a push makes a deleted tag again (it is deleted all the time)",
        tests: ["does not need a tag of the ImageStream"],
        file: "testbed/faults/publisher.test.ts",
        from: 'await bed.stack.oc("delete", "imagestreamtag", "context-api:latest-amd64");\n',
        to: `setInterval(() => void bed.stack.oc("delete", "imagestreamtag", "context-api:latest-amd64").catch(() => 0), 150).unref();\n`,
    },
    {
        name: "Pulumi decrypts before it runs the program (with the right passphrase)",
        tests: ["that cannot be decrypted"],
        file: "testbed/faults/credentials.test.ts",
        from: 'PULUMI_CONFIG_PASSPHRASE: "another"',
        to: 'PULUMI_CONFIG_PASSPHRASE: "sandbox"',
    },
];
