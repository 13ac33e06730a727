import "./plan/shellText";

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { parsePlan } from "./plan/arguments";
import { diffWith } from "./plan/diff";
import { runMain } from "./plan/main";
import { planText } from "./plan/planText";
import { recordStack } from "./plan/recordStack";

/** `npm run plan`: what a stack's program asks for, or how that differs from another revision of the repository. */
runMain("plan", async () => {
    const { diff, exitCode, output, out, ...place } = parsePlan(process.argv.slice(2));
    const now = planText(await recordStack(place), output);
    const difference =
        diff === undefined
            ? undefined
            : diffWith({ root: join(__dirname, ".."), ref: diff, now, output, ...place });
    const text = difference?.text ?? now;
    if (out === undefined) {
        process.stdout.write(text);
    } else {
        writeFileSync(out, text);
    }
    return exitCode && difference?.differs === true ? 1 : 0;
});
