import type { SimClock } from "../../clock";
import type { Client } from "../client";
import type { Pod } from "../objects";
import type { Recorder } from "../recorder";
import type { Machine, Programs, PulledImage, PullImage } from "./program";
import type { FileSources } from "./volumes";

/** Where the log of one run of a container is kept. */
export interface LogWriter {
    write(line: string): void;
    /** Nothing comes any more. */
    end(): void;
}

/** Opens the log of a container's run; 0 is its first. */
export type OpenLog = (pod: Pod, container: string, run: number) => LogWriter;

/** What a kubelet works with. */
export interface KubeletKit {
    readonly client: Client;
    readonly clock: SimClock;
    readonly recorder: Recorder;
    readonly node: Machine & { readonly address: string };
    readonly programs: Programs;
    readonly pull: PullImage;
    readonly openLog: OpenLog;
    /** Images that the node has, by the name that pods give them. */
    readonly images: {
        get(image: string): PulledImage | undefined;
        set(image: string, found: PulledImage): void;
    };
    readonly sources: (pod: Pod) => FileSources;
    /** Contents of a pod's pull Secrets. */
    readonly pullCredentials: (pod: Pod) => string[];
    /** Takes what must not happen. */
    readonly report: (error: unknown) => void;
    readonly nextAddress: () => string;
    readonly nextContainer: () => string;
}
