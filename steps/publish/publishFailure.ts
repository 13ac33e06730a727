import { Failure } from "../shared/failure";
import type { PublishRequest } from "./publishRequest";

/** The Job is not there, or belongs to other inputs. */
export function missingJob(request: PublishRequest, problem: string): Failure {
    const { image, namespace, publisher } = request;
    return new Failure({
        headline: `${image}: the publisher Job ${publisher.job} in namespace ${namespace} ${problem}; nothing was published by this run.`,
        next: ["pulumi up --refresh (it declares the Job again)"],
    });
}

/** The publisher did not publish. */
export function failedPublisher(
    request: PublishRequest,
    problem: string,
    facts: readonly string[],
    tail: readonly string[],
): Failure {
    const { image, namespace, publisher } = request;
    return new Failure({
        headline: `${image}: publisher ${publisher.job} ${problem}`,
        facts,
        tail,
        next: [
            `oc logs job/${publisher.job} -n ${namespace}`,
            "when the cause is gone: pulumi up (it starts the publisher anew; the finished builds are reused)",
        ],
    });
}

/** The registry would say no again: nobody waits for further pods. */
export function refusedPublisher(request: PublishRequest, tail: readonly string[]): Failure {
    const { image, namespace, publisher } = request;
    return new Failure({
        headline: `${image}: the registry refuses what publisher ${publisher.job} asks for, and would again; no floating tag moved.`,
        facts: [
            "Check the account (multiarch:registry.username, multiarch:registryPassword or the push Secret), its right to push and its quota, and the registry's certificate.",
        ],
        tail,
        next: [
            `oc logs job/${publisher.job} -n ${namespace}`,
            "when the cause is gone: pulumi up (it starts the publisher anew; the finished builds are reused)",
        ],
    });
}

/** An image is not for the architecture that its label says: another pod would find the same. */
export function wrongContents(request: PublishRequest, tail: readonly string[]): Failure {
    const { image, namespace, publisher } = request;
    return new Failure({
        headline: `${image}: an image is not for the architecture that it was built for; no list was made, and no floating tag moved.`,
        facts: [
            "A base of one architecture is the usual cause: OpenShift's builder stamps an image with its node's architecture, whatever its base holds. The bases, and what is copied, must offer every architecture of the image.",
            "What is meant to be there: pulumi config set --path 'multiarch:contents.allow[0]' PATH",
        ],
        tail,
        next: [
            `oc logs job/${publisher.job} -n ${namespace}`,
            "mend the Dockerfile and push the commit, then: pulumi up",
        ],
    });
}
