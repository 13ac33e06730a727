import { z } from "zod";

/**
 * What the rules about more than one setting read. It takes any input, so that those rules can run whatever else is
 * wrong: a setting of the wrong type is missing here, or only known to be present.
 */
const string = z.string().optional().catch(undefined);
const port = z.int().min(1).max(65535).optional().catch(undefined);
const present = z.unknown().optional();

const git = z.object({ url: string, sourceSecret: present }).optional().catch({});

const application = z
    .object({
        name: string,
        ports: z.array(z.object({ port }).catch({})).catch([]),
        probe: z.object({ type: string, port }).catch({}),
        configFile: z.object({ path: string }).optional().catch(undefined),
        volumes: z.array(z.object({ path: string }).catch({})).catch([]),
        env: z.record(z.string(), present).catch({}),
        secretEnv: z.array(z.object({ name: string }).catch({})).catch([]),
    })
    .optional()
    .catch({ ports: [], probe: {}, volumes: [], env: {}, secretEnv: [] });

const image = z
    .object({ name: string, destination: string, digest: present, git, application })
    .catch({});

/** The settings that the rules read, from settings that may be wrong in any way. */
export const outline = z.object({
    git,
    gitUsername: present,
    gitPassword: present,
    registry: z
        .object({ server: string, username: present, pushSecret: present })
        .optional()
        .catch(undefined),
    registryPassword: present,
    images: z.array(image).catch([]),
});

/** The settings that the rules read. */
export type Outline = z.output<typeof outline>;
