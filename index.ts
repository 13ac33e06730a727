import * as pulumi from "@pulumi/pulumi";

import readme from "./docs/stackReadme.md";
import { Application } from "./components/application";
import { BuildProject } from "./components/buildProject";
import { MultiArchImage } from "./components/multiArchImage";
import { PromotedImage } from "./components/promotedImage";
import { PublisherAccount } from "./components/publisherAccount";
import { loadConfig } from "./config/loadConfig";
import { applicationArgs, imageArgs, projectArgs } from "./components/imageArgs";
import type { Outside } from "./checks/answers";
import { prepare } from "./checks/prepare";
import { outputs, releasesBefore } from "./outputs";
import { type Providers, stackProviders } from "./providers";
import { publisherScripts } from "./steps/publish/publisherScripts";

/** Config -> answers -> components -> outputs; `outside` is asked all that a stack's update has to know beforehand. */
export async function program(outside: Outside) {
    const config = loadConfig();
    const started: { providers?: Providers } = {};
    const answers = await outside(config, () => {
        started.providers ??= stackProviders(config, undefined);
    });
    const opts = { providers: started.providers ?? stackProviders(config, answers.account) };
    const built = config.images.filter(({ digest }) => digest === undefined);

    const project = new BuildProject("multiarch", projectArgs(config), opts);
    const account =
        built.length === 0
            ? undefined
            : new PublisherAccount(
                  "multiarch-publisher",
                  {
                      namespace: project.namespace,
                      imageStreams: built.map(({ name }) => name),
                      scc: config.publisher.scc,
                      program: publisherScripts[config.publisher.tool],
                  },
                  { ...opts, dependsOn: [project] },
              );
    // What the account waits for, the images wait for with it.
    const first = { ...opts, dependsOn: [account ?? project] };
    const shared = { project, account, answers };

    const images = config.images.map((image) => {
        const { name, destination } = image;
        const published =
            image.digest === undefined
                ? new MultiArchImage(name, imageArgs(config, image, shared), first)
                : new PromotedImage(name, image, opts);
        const reference = pulumi.interpolate`${destination}@${published.digest}`;
        const args = applicationArgs(config, image, shared, reference);
        const service =
            args && new Application(name, args, { ...opts, dependsOn: [project] }).service;
        return [
            name,
            { reference, service, ...outputs(config, image, published, answers) },
        ] as const;
    });
    return {
        images: Object.fromEntries(images),
        ...releasesBefore(config, answers.releases),
        readme,
    };
}

/** What Pulumi runs. */
export default () => program(prepare);
