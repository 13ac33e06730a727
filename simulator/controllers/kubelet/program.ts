import type { SimClock } from "../../clock";
import type { Container, Pod } from "../objects";

/** The node that a container runs on, as far as its program can tell. */
export interface Machine {
    readonly name: string;
    /** As Go writes it: `amd64`. */
    readonly architecture: string;
}

/** What a program listens with: called for each request, and answers with a status. */
export type Listener = (path: string) => number;

/** A container, as the program in it sees its world. */
export interface ContainerContext {
    /** The pod as it was when the container started. */
    readonly pod: Pod;
    readonly container: Container;
    readonly node: Machine;
    /** What the image's configuration says, where an image was pulled. */
    readonly image: PulledImage;
    readonly env: Readonly<Record<string, string>>;
    /** The newest content of a file of a mounted volume; undefined where there is none. */
    readonly file: (path: string) => string | undefined;
    /** What containers of a pod share in an emptyDir volume, by the volume's name. */
    readonly shared: (volume: string) => Map<string, unknown>;
    readonly clock: SimClock;
    /** Writes a line to the container's log. */
    readonly log: (line: string) => void;
    /** Aborted when the container is asked to end, as by SIGTERM. */
    readonly signal: AbortSignal;
    /** Aborted when the kernel kills a child process of the container for memory; the container itself goes on. */
    readonly childKilled: AbortSignal;
    /** Writes the container's last words, as to /dev/termination-log. */
    readonly terminationMessage: (text: string) => void;
    /** Answers HTTP on a port from now on, which probes see; until the container ends. */
    readonly listen: (port: number, listener: Listener) => void;
}

/** What a container does; resolves with its exit code. */
export type Program = (context: ContainerContext) => Promise<number>;

/** Which program a container runs. */
export type Programs = (pod: Pod, container: Container) => Program;

/** An image that a node has. */
export interface PulledImage {
    /** As a container's status names it: `sha256:...` of the configuration. */
    readonly image: string;
    /** As a container's status names it: `repository@sha256:...`. */
    readonly imageID: string;
    readonly bytes: number;
    /** The architecture that the image says it is for. */
    readonly architecture?: string;
    /** The entrypoint's architecture, as the program's own header has it: what the kernel looks at. */
    readonly programArchitecture?: string;
    readonly labels?: Readonly<Record<string, string>>;
}

/** Reads an image from its registry for a node; rejects with an Error whose message is the runtime's. */
export type PullImage = (request: {
    readonly image: string;
    readonly architecture: string;
    /** Contents of the pod's pull Secrets, as Docker's config.json. */
    readonly credentials: readonly string[];
}) => Promise<PulledImage>;
