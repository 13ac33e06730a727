/** Which stack, of which project, kept where. */
export interface Place {
    /** URL of the backend: `file:///...`, `https://api.pulumi.com/...` */
    readonly backend: string;
    readonly project: string;
    readonly stack: string;
    /** Options that say so to pulumi. */
    readonly options: readonly string[];
}
