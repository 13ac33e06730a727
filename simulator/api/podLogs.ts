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

    private readonly before = new Map<string, ContainerLog>();

    /** The log of a container, made when it is first asked for; or that of its run before. */
    of(namespace: string, pod: string, container: string, previous = false): ContainerLog {
        const key = `${namespace}/${pod}/${container}`;
        const kept = previous ? this.before : this.logs;
        const log = kept.get(key) ?? new ContainerLog();
        kept.set(key, log);
        return log;
    }

    /** Begins the log of another run: the last one's becomes that of the run before. */
    again(namespace: string, pod: string, container: string): ContainerLog {
        const key = `${namespace}/${pod}/${container}`;
        this.before.set(key, this.of(namespace, pod, container));
        this.logs.delete(key);
        return this.of(namespace, pod, container);
    }
}
