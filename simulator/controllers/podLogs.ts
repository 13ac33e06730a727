/** The output of one container, for whoever reads it from the beginning or follows it. */
class ContainerLog {
    private readonly chunks: Uint8Array[] = [];
    private ended = false;
    private readonly waiting = new Set<() => void>();

    write(text: string): void {
        this.chunks.push(Buffer.from(text));
        this.wake();
    }

    end(): void {
        this.ended = true;
        this.wake();
    }

    async *read(follow: boolean, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
        for (let at = 0; signal?.aborted !== true;) {
            const chunk = this.chunks[at];
            if (chunk !== undefined) {
                at += 1;
                yield chunk;
            } else if (this.ended || !follow) {
                return;
            } else {
                await new Promise<void>((resolve) => {
                    this.waiting.add(resolve);
                    signal?.addEventListener("abort", () => {
                        resolve();
                    });
                });
            }
        }
    }

    private wake(): void {
        this.waiting.forEach((resolve) => {
            resolve();
        });
        this.waiting.clear();
    }
}

/** The logs of all containers, as the kubelets of their nodes keep them. */
export class PodLogs {
    private readonly logs = new Map<string, ContainerLog>();

    /** The log of a container, made when it is first asked for. */
    of(namespace: string, pod: string, container: string): ContainerLog {
        const key = `${namespace}/${pod}/${container}`;
        const log = this.logs.get(key) ?? new ContainerLog();
        this.logs.set(key, log);
        return log;
    }
}
