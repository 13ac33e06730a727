import { until } from "../sandbox/progress";
import { type TestStack } from "../e2e/testStack";

/** What each pod answers that the Service sends requests to, by the node that it is on. */
export async function served(stack: TestStack, name: string): Promise<Record<string, string>> {
    const ready = '{.status.conditions[?(@.type=="Ready")].status}';
    const path = `jsonpath={range .items[*]}${ready} {.spec.nodeName} {.status.podIP}{"\\n"}{end}`;
    const selector = ["-l", `app=${name},!job-name,!openshift.io/build.name`];
    const pods = await stack.oc("get", "pods", ...selector, "-o", path);
    const answers = pods
        .split("\n")
        .filter((line) => line.startsWith("True "))
        .map(async (line) => {
            const [, node = "", ip = ""] = line.split(" ");
            const url = `http://${ip}:8091/health`;
            const { text } = await stack.run(["curl", "-sS", "--max-time", "5", url]);
            return [node, text.trim()] as const;
        });
    return Object.fromEntries(await Promise.all(answers));
}

/** Waits until oc prints what is expected. */
export async function seen(
    stack: TestStack,
    what: RegExp,
    args: readonly string[],
    seconds = 60,
): Promise<string> {
    let found = "";
    await until({
        what: `oc ${args.join(" ")}: ${String(what)}`,
        seconds,
        holds: async () => {
            found = await stack.oc(...args).catch(String);
            return what.test(found);
        },
        why: () => found,
    });
    return found;
}
