import type { z } from "zod";

import { checkApplications, type Report } from "./applicationRules";
import { takesPassword } from "./gitUrl";
import { isRegistry, parseImageReference } from "./imageReference";
import { outline, type Outline } from "./outline";

/** Reports every rule about more than one setting that is broken, whatever else is wrong. */
export function checkRules(value: unknown, context: z.RefinementCtx): void {
    const seen = outline.parse(value);
    const report: Report = (path, message) => {
        context.addIssue({ code: "custom", path, message });
    };
    checkGit(seen, report);
    checkRegistry(seen, report);
    checkNames(seen, report);
    checkApplicationNames(seen, report);
    checkApplications(seen, report);
}

function checkGit({ git, gitUsername, gitPassword, images }: Outline, report: Report): void {
    if (!git && images.some((image) => !image.git && image.digest === undefined)) {
        report(
            ["git"],
            "a section with url, as an image without git and without digest is built from it",
        );
    }
    if (gitUsername !== undefined && gitPassword === undefined) {
        report(["gitPassword"], "the password of multiarch:gitUsername, as a secret");
    }
    if (gitUsername === undefined && gitPassword !== undefined) {
        report(["gitUsername"], "the account that multiarch:gitPassword belongs to");
    }
    if (gitUsername === undefined && gitPassword === undefined) {
        return;
    }
    if (git?.sourceSecret !== undefined) {
        report(
            ["git", "sourceSecret"],
            "either sourceSecret or gitUsername with gitPassword, not both",
        );
    }
    if (git?.url !== undefined && !takesPassword(git.url)) {
        report(
            ["git", "url"],
            "an https:// or http:// URL, as multiarch:gitUsername and gitPassword are for those",
        );
    }
}

function checkRegistry({ registry, registryPassword, images }: Outline, report: Report): void {
    if (!registry) {
        return;
    }
    const { server = "", username, pushSecret } = registry;
    const account = username !== undefined || registryPassword !== undefined;
    if (account && pushSecret !== undefined) {
        report(
            ["registry", "pushSecret"],
            "either pushSecret or username with registryPassword, not both",
        );
    } else if (username !== undefined && registryPassword === undefined) {
        report(["registryPassword"], "the password of multiarch:registry.username, as a secret");
    } else if (username === undefined && registryPassword !== undefined) {
        report(["registry", "username"], "the account that multiarch:registryPassword belongs to");
    } else if (
        !account &&
        pushSecret === undefined &&
        images.some(({ digest }) => digest === undefined)
    ) {
        report(
            ["registry", "username"],
            "credentials to push with: username and the secret multiarch:registryPassword, or multiarch:registry.pushSecret, the name of a Secret in the namespace",
        );
    }
    for (const [index, { destination = "" }] of images.entries()) {
        const registryOfImage = parseImageReference(destination)?.registry;
        if (registryOfImage !== undefined && isRegistry(server) && registryOfImage !== server) {
            report(
                ["images", index, "destination"],
                "a repository of the registry in multiarch:registry.server",
            );
        }
    }
}

function checkNames({ images }: Outline, report: Report): void {
    for (const field of ["name", "destination"] as const) {
        const values = images.map((image) => image[field]);
        for (const [index, value] of values.entries()) {
            const first = values.indexOf(value);
            if (value !== undefined && first < index) {
                report(["images", index, field], `another ${field} than that of images[${first}]`);
            }
        }
    }
}

/** The names that an application's objects have, whichever setting they come from. */
function checkApplicationNames({ images }: Outline, report: Report): void {
    const values = images.map(({ name, application }) => application && (application.name ?? name));
    for (const [index, value] of values.entries()) {
        const first = values.indexOf(value);
        if (images[index]?.application?.name !== undefined && value !== undefined) {
            const other = first < index ? first : values.indexOf(value, index + 1);
            if (other >= 0) {
                report(
                    ["images", index, "application", "name"],
                    `another name than that of the application of images[${other}]`,
                );
            }
        }
    }
}
