import { elf } from "../../simulator/images/elf";
import type { NodeOptions } from "../../simulator/controllers/nodes";
import { type Fault as RegistryFault } from "../../simulator/registry/registry";
import { refusal } from "../../simulator/registry/types";
import { exampleFiles } from "./example";

/** Something that goes wrong: what is otherwise than in a rehearsal without it. */
export interface Fault {
    /** What happens, in one line. */
    readonly what: string;
    /** The repository's files. */
    readonly files?: Readonly<Record<string, string | Buffer>>;
    readonly nodes?: readonly NodeOptions[];
    /** The registry's password, as the stack has it. */
    readonly password?: string;
    readonly registry?: RegistryFault;
}

const DOCKERFILE = "docker/context-api.Dockerfile";
const amd64: NodeOptions = { name: "amd64-0", architecture: "amd64" };

/** The cluster's nodes without a fault. */
export const NODES: readonly NodeOptions[] = [amd64, { name: "arm64-0", architecture: "arm64" }];

/** The faults that can be rehearsed, by name. */
export const faults: Readonly<Record<string, Fault>> = {
    "wrong-architecture": {
        what: "the image for arm64 holds a program for amd64, as after FROM of a base of one architecture",
        files: {
            [DOCKERFILE]: [
                "FROM scratch",
                "COPY bin/context-api /app/context-api",
                'ENTRYPOINT ["/app/context-api"]',
                "",
            ].join("\n"),
            "bin/context-api": elf("amd64"),
        },
    },
    "build-fails": {
        what: "the Dockerfile copies a file that the commit does not have",
        files: {
            ...exampleFiles,
            [DOCKERFILE]: "FROM scratch\nCOPY nothing /app/nothing\n",
        },
    },
    "dockerfile-missing": {
        what: "the commit has no such Dockerfile",
        files: { "README.md": "# No Dockerfile\n" },
    },
    "node-missing": {
        what: "the cluster has no node for arm64",
        nodes: [amd64],
    },
    "wrong-password": {
        what: "the registry does not take the account's password",
        password: "changed-meanwhile",
    },
    "registry-down": {
        what: "the registry answers 503 to every push",
        registry: ({ method }) =>
            method === "PUT" ? refusal(503, "UNAVAILABLE", "service unavailable") : undefined,
    },
};
