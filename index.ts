import * as pulumi from "@pulumi/pulumi";

import readme from "./docs/stackReadme.md";
import { Application } from "./components/application";
import { BuildProject } from "./components/buildProject";
import { MultiArchImage } from "./components/multiArchImage";
import { PromotedImage } from "./components/promotedImage";
import { PublisherAccount } from "./components/publisherAccount";
import { loadConfig } from "./config/loadConfig";
import { applicationArgs, imageArgs, outputs, projectArgs } from "./components/imageArgs";
import { prepare } from "./checks/prepare";
import { stackProviders } from "./providers";
import { publisherScripts } from "./steps/publish/publisherScripts";

/** Config -> components -> exports. */
export = async () => {
    const config = loadConfig();
    const commits = await prepare(config);
    const built = config.images.filter(({ digest }) => digest === undefined);

    const opts = { providers: stackProviders(config) };
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
    const shared = { ...opts, dependsOn: [account ?? project] };

    const images = config.images.map((image) => {
        const { name, destination } = image;
        const commit = commits.get(name);
        const published =
            image.digest === undefined
                ? new MultiArchImage(
                      name,
                      imageArgs(config, image, commit, project, account),
                      shared,
                  )
                : new PromotedImage(name, image, opts);
        const reference = pulumi.interpolate`${destination}@${published.digest}`;
        const args = applicationArgs(config, image, project, reference);
        const service =
            args && new Application(name, args, { ...opts, dependsOn: [project] }).service;
        return [
            name,
            { reference, service, ...outputs(config, image, commit, published) },
        ] as const;
    });
    return { images: Object.fromEntries(images), readme };
};
