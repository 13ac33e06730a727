import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { restoreState } from "../../../cli/stack/unreadableState";

const state = (name: string) => JSON.stringify({ version: 3, checkpoint: { stack: name } });

describe("restoreState", () => {
    let folder: string;
    let file: string;
    const said: string[] = [];

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "multiarch-state-"));
        file = join(folder, ".pulumi/stacks/shop/dev.json");
        said.length = 0;
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function write(path: string, text: string): void {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
    }

    function writeHistory(nanoseconds: string, text: string): string {
        const name = `dev-${nanoseconds}.checkpoint.json`;
        const path = join(folder, ".pulumi/history/shop/dev", name);
        write(path, text);
        return path;
    }

    function restore(backend = `file://${folder}`): void {
        const place = { backend, project: "shop", stack: "organization/shop/dev", options: [] };
        restoreState(place, (text) => said.push(text));
    }

    it("puts Pulumi's backup in the place of a state that was cut off, and keeps that", () => {
        write(file, state("dev").slice(0, 20));
        write(`${file}.bak`, state("before"));
        writeHistory("1", state("older"));

        restore();

        expect(readFileSync(file, "utf8")).toBe(state("before"));
        expect(readFileSync(`${file}.unreadable`, "utf8")).toBe(state("dev").slice(0, 20));
        expect(readdirSync(dirname(file)).sort()).toEqual([
            "dev.json",
            "dev.json.bak",
            "dev.json.unreadable",
        ]);
        expect(said).toEqual([
            expect.stringMatching(
                /^the state of stack organization\/shop\/dev cannot be read \(20 bytes, kept as .*dev\.json\.unreadable; was the disk full\?\): .*dev\.json\.bak of \S+Z takes its place$/,
            ),
        ]);
    });

    it("takes the newest state of the history that can be read where the backup is empty as well", () => {
        write(file, "");
        write(`${file}.bak`, "");
        writeHistory("1795416094185620554", state("oldest"));
        const newer = writeHistory("1795416094185620600", state("newer"));
        writeHistory("1795416094185620700", '{"version":3}');

        restore();

        expect(readFileSync(file, "utf8")).toBe(state("newer"));
        expect(said).toEqual([expect.stringContaining(newer)]);
    });

    it.each([
        { what: "a state that can be read", text: state("dev"), backup: state("before") },
        { what: "one without a copy", text: "", backup: "{}" },
    ])("leaves $what as it is", ({ text, backup }) => {
        write(file, text);
        write(`${file}.bak`, backup);

        restore();

        expect(readFileSync(file, "utf8")).toBe(text);
        expect(readdirSync(dirname(file)).sort()).toEqual(["dev.json", "dev.json.bak"]);
        expect(said).toEqual([]);
    });

    it("makes no state where there is none, and looks at no other backend", () => {
        write(`${file}.bak`, state("before"));
        restore();
        expect(readdirSync(dirname(file))).toEqual(["dev.json.bak"]);

        write(file, "");
        restore("https://api.pulumi.com");
        expect(readFileSync(file, "utf8")).toBe("");
        expect(said).toEqual([]);
    });
});
