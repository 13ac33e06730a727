import type { BuildResult } from "../../components/imageBuild";
import type { PublishedPlatform } from "../../components/platforms";
import type { Config } from "../../config/loadConfig";
import type { Registration } from "../engine/monitor";
import type { Engine } from "./engine";
import type { StandIns } from "./standIns";

const REGISTRY_QUESTION = "docker:index/getRegistryImageManifests:getRegistryImageManifests";

/** What the cluster and the registry would answer, had all gone well: stand-ins where only they know. */
export function answersOf(
    config: () => Config,
    standIns: StandIns,
): Pick<Engine, "state" | "answer"> {
    return {
        state: (resource) =>
            resource.type === "command:local:Command"
                ? { stdout: JSON.stringify(resultOf(resource, standIns)) }
                : {},
        answer: ({ token, inputs }) => {
            if (token !== REGISTRY_QUESTION) {
                throw new Error(`cli/plan/answers.ts has no answer to ${token}: add one`);
            }
            return { manifests: platformsOf(String(inputs["name"]), config(), standIns) };
        },
    };
}

function resultOf({ name, urn, inputs }: Registration, standIns: StandIns): object {
    const digest = (of: string) => standIns.digest(`${of} known after ${name}`, urn);
    if (String(inputs["create"]).endsWith("command.sh build")) {
        const environment = inputs["environment"] as Readonly<Record<string, unknown>>;
        return {
            digest: digest("digest"),
            commit: String(environment["MULTIARCH_COMMIT"]),
            build: `<build known after ${name}>`,
            seconds: 0,
            adopted: false,
        } satisfies BuildResult;
    }
    if (String(inputs["create"]).endsWith("command.sh publish")) {
        // components/manifestList.ts reads it.
        return {
            digest: digest("digest of the list"),
            immutableTag: `<tag known after ${name}>`,
            moved: [],
            seconds: 0,
        };
    }
    if (String(inputs["create"]).endsWith("command.sh rollout")) {
        // Nothing reads what it prints.
        return {};
    }
    throw new Error(`cli/plan/answers.ts does not know what the Command ${name} prints: add it`);
}

/** The platforms that must be there, with the digests that must be there if they were built here. */
function platformsOf(
    reference: string,
    { images }: Config,
    standIns: StandIns,
): PublishedPlatform[] {
    const image = images.find(({ destination }) => reference.startsWith(`${destination}:`));
    if (image === undefined) {
        throw new Error(`cli/plan/answers.ts: no image of the stack is published as ${reference}`);
    }
    return image.architectures.map((architecture) => ({
        architecture,
        os: "linux",
        sha256Digest: standIns.digest(
            image.digest === undefined
                ? `digest known after ${image.name}-${architecture}-build`
                : `digest of ${image.name} for ${architecture}`,
        ),
    }));
}
