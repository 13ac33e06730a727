import { runningIdentity } from "./component";
import { componentNames } from "./components";
import { age } from "./identity";
import { namespacesWork, runsInside } from "./namespaces";

/** How a component is. */
export interface ComponentStatus {
    readonly name: string;
    readonly up: boolean;
    readonly pid?: number;
    /** When it was started. */
    readonly since?: Date;
}

/** Looks at every component. */
export async function status(): Promise<ComponentStatus[]> {
    const works = await namespacesWork();
    return componentNames.map((name) => {
        const identity = runningIdentity(name);
        if (identity === undefined) {
            return { name, up: false };
        }
        const since = new Date(Date.now() - age(identity) * 1000);
        return { name, up: works && runsInside(identity.pid), pid: identity.pid, since };
    });
}

/** Lays the components out as a table. */
export function statusTable(components: readonly ComponentStatus[]): string {
    const rows = components.map(({ name, up, pid, since }) => [
        name,
        up ? "up" : "down",
        pid === undefined ? "-" : `${pid}`,
        since === undefined ? "-" : since.toISOString().slice(0, 19).replace("T", " "),
    ]);
    const table = [["COMPONENT", "STATE", "PID", "SINCE (UTC)"], ...rows];
    const widths = [0, 1, 2, 3].map((column) =>
        Math.max(...table.map((row) => row[column]?.length ?? 0)),
    );
    const lines = table.map((row) =>
        row
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join("  ")
            .trimEnd(),
    );
    return `${lines.join("\n")}\n`;
}
