import { mapTexts, type Recording, spell } from "./recording";
import { summaryOf } from "./summary";

/** A plan for a machine to read: JSON with `summary`, `resources`, `lookups` and `outputs`, secrets blanked out. */
export function planJson(recording: Recording): string {
    const { project, stack, configFile, assumedSecrets, resources, questions, outputs } = recording;
    const plan = {
        project,
        stack,
        configFile,
        assumedSecrets,
        summary: summaryOf(recording),
        resources,
        lookups: questions,
        outputs,
    };
    const spelled = mapTexts(plan, (text) => spell(text, recording.standIns));
    return `${JSON.stringify(spelled, undefined, 4)}\n`;
}
