import { z } from "zod";

import { architectures } from "./architecture";
import { choice, flag, secret, section, seconds, text, uniqueList, whole } from "./fields";
import { gitSource } from "./git";
import { image } from "./image";
import { isRegistry } from "./imageReference";
import { isKubeconfigText } from "./kubeconfigText";
import { dnsLabel, objectName, resources } from "./kubernetesNames";
import { publisher } from "./publisher";
import { checkRules } from "./rules";
import { word } from "./word";

/** Text without white space at its ends, of which a stray line break is the usual kind. */
function unspaced(accepted: string) {
    return text(accepted, /^[^\s\p{C}]+$/u);
}

/** Builds that fail at once or wait for ever are held in check; the histories are those of the BuildConfigs replaced. */
const build = section({
    /** Seconds that a build may run before OpenShift ends it. */
    completionDeadlineSeconds: seconds().default(1800),
    /** Seconds that a build may wait for its pod to run before the update fails with the reason. */
    pendingTimeoutSeconds: seconds().default(300),
    /**
     * Most builds of the stack at a time; the others wait for their turn. Pulumi has a limit of its own for everything
     * that it does at a time: four for each CPU of its machine, `pulumi up --parallel 64` for more; `npm run up` has 64.
     */
    maxConcurrent: whole("a number of builds", 1).optional(),
    /** Whether builds of one BuildConfig wait for each other. */
    runPolicy: choice(["Serial", "SerialLatestOnly", "Parallel"]).default("Serial"),
    /**
     * `SkipLayers` puts all instructions of a Dockerfile into one layer on top of its base image, which is quicker;
     * `None` makes a layer of each. No build reuses a layer of another: each starts in a pod with an empty store. A
     * change is for the next builds, and begins none.
     */
    imageOptimizationPolicy: choice(["SkipLayers", "None"]).default("SkipLayers"),
    /** Finished builds to keep; at least one, as its outcome is read after it has finished. */
    successfulHistory: whole("a number of builds", 1).default(2),
    /** Failed builds to keep; at least one, as its log is read after it has failed. */
    failedHistory: whole("a number of builds", 1).default(2),
    /** CPU and memory of the build pods. */
    resources: resources().optional(),
}).prefault({});

/** All that a stack may set. The secrets are in it only as set or not set, never with their value. */
export const settings = section({
    /** The namespace that everything is in. */
    namespace: section({
        /** Name of the namespace. */
        name: dnsLabel(),
        /** Whether the program creates the namespace; `false` for one that exists. */
        create: flag().default(true),
    }),
    /** Where the source of the images comes from; not needed if every image has its own, or a digest. */
    git: gitSource.optional(),
    /** User name for reading `git` over http or https, here and in the cluster; goes with `gitPassword`. */
    gitUsername: unspaced("a user name without white space").optional(),
    /** Password or token of `gitUsername`. */
    gitPassword: secret("multiarch:gitPassword"),
    /** The registry that images are pushed to. */
    registry: section({
        /** Host of the registry, with its port if it has one. */
        server: text("a registry, host or host:port", isRegistry).default("quay.io"),
        /** Account that may push; goes with `registryPassword`. */
        username: unspaced("an account without white space").optional(),
        /**
         * Existing Secret of type kubernetes.io/dockerconfigjson in the namespace, in place of an account. The
         * published list is read with it if you may `get` it, or else as nobody, which takes a public repository.
         */
        pushSecret: objectName("a Secret").optional(),
    }).prefault({}),
    /** Password of `registry.username`. */
    registryPassword: secret("multiarch:registryPassword"),
    /** Architectures to build: one BuildConfig each. */
    architectures: architectures.default(["amd64", "arm64"]),
    /** The images to build and to deploy. */
    images: z
        .array(image, { error: "a list of one or more images" })
        .min(1, { error: "a list of one or more images" })
        .readonly(),
    /** How images are built. */
    build,
    /** How images are joined and pushed. */
    publisher,
    /** What images may hold beside programs of their own architecture. */
    contents: section({
        /** Paths in an image that may be for any architecture though the image starts them; `*` stands for any text. */
        allow: uniqueList(
            text(
                "an absolute path without white space, in which * stands for any text",
                /^\/[^\s\p{C}]*$/u,
            ),
            "paths",
        ).default([]),
    }).prefault({}),
    /** Any word; a new one builds again though the source is the same. */
    rebuild: word.optional(),
    /** The cluster, where it is not the one that KUBECONFIG names. */
    kubernetes: section({
        /** Context of the kubeconfig. */
        context: text("the name of a context", /\S/).optional(),
        /** Path of the kubeconfig on this machine. */
        kubeconfig: text(
            'a path, absolute or relative to the project, as "~" means nothing here',
            // The text of a kubeconfig holds its secrets, and this value is written into the state.
            (value) => /^[^~]/.test(value) && !isKubeconfigText(value),
        ).optional(),
        /** Whether objects that exist already are taken over: for one update, see docs/migration.md. */
        adopt: flag().optional(),
    }).optional(),
    /** Stack whose verified digests are deployed here, `organization/project/stack`. */
    sourceStack: text(
        "a stack, organization/project/stack",
        /^[\w.-]+\/[\w.-]+\/[\w.-]+$/,
    ).optional(),
}).superRefine(checkRules, { when: () => true });

/** What a stack may write. */
export type SettingsInput = z.input<typeof settings>;

/** What a stack has set, with every default filled in. */
export type Settings = z.output<typeof settings>;
