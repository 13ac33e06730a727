import * as pulumi from "@pulumi/pulumi";

import type { Answers } from "../../checks/answers";
import { prepare } from "../../checks/prepare";
import { stackProviders } from "../../providers";
import { change, load, minimal, type Stack } from "../config/load";
import { record } from "../mocks";
import { url } from "./shopRepository";

/** A stack of two images that come from the repository. */
export function stack(changes: Record<string, unknown> = {}): Stack {
    return change(minimal, {
        git: { url },
        images: [
            { name: "api", destination: "quay.io/shop/api" },
            { name: "web", destination: "quay.io/shop/web" },
        ],
        ...changes,
    });
}

/** What was found out for a stack, and what the user was told. */
export async function prepared(
    given: Stack,
    {
        preview = false,
        state = {},
        ...before
    }: { preview?: boolean; images?: unknown; releases?: unknown; state?: object } = {},
) {
    const said: string[] = [];
    jest.spyOn(pulumi.log, "info").mockImplementation((text) => {
        said.push(text);
        return Promise.resolve();
    });
    let found: Answers | Error | undefined;
    const program = async () => {
        try {
            const config = load(given);
            found = await prepare(config, () => stackProviders(config, undefined));
        } catch (error) {
            found = error as Error;
        }
    };
    const answer = () => ({ outputs: { ...before }, secretOutputNames: [] });
    const { registrations } = await record(program, {
        preview,
        state: answer,
        calls: {
            "pulumi:pulumi:readStackOutputs": answer,
            "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs: state }),
        },
    });
    const providers = Object.keys(registrations).filter((it) => it.startsWith("pulumi:providers:"));
    const commits = found instanceof Error ? undefined : found?.commits;
    return { found, commits, said, providers: providers.sort() };
}
