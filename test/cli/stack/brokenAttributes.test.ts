import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { removeBrokenAttributes } from "../../../cli/stack/brokenAttributes";

/** As Pulumi 3.259 writes them. */
const whole =
    '{"user.cache_control":"","user.content_type":"text/plain","user.metadata":null,"md5":"qs2DA0wP"}\n';

describe("removeBrokenAttributes", () => {
    let folder: string;
    let said: string[];

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "multiarch-attributes-"));
        said = [];
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function write(path: string, text: string): string {
        const file = join(folder, ".pulumi", path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        return file;
    }

    function remove(backend = `file://${folder}`): void {
        removeBrokenAttributes(backend, "shop", (text) => said.push(text));
    }

    it.each([
        { what: "an empty file", text: "" },
        { what: "one that was cut off", text: whole.slice(0, 40) },
        { what: "one that is something else", text: "[]" },
    ])("removes $what, says so, and leaves the state and whole attributes", ({ text }) => {
        const state = write("stacks/shop/dev.json", "{}");
        const broken = write("stacks/shop/dev.json.attrs", text);
        write("stacks/shop/dev.json.bak.attrs", whole);

        remove();

        expect(readdirSync(dirname(state)).sort()).toEqual(["dev.json", "dev.json.bak.attrs"]);
        expect(said).toEqual([
            `${broken} was cut off when Pulumi was killed, and is removed: the state beside it is whole`,
        ]);
    });

    it("removes those of every stack's history", () => {
        const first = write("history/shop/dev/dev-1.history.json.attrs", "");
        const second = write("history/shop/test/test-1.checkpoint.json.attrs", "");

        remove();

        expect(readdirSync(dirname(first))).toEqual([]);
        expect(readdirSync(dirname(second))).toEqual([]);
        expect(said).toHaveLength(2);
    });

    it("looks at no other project and at no other backend, and needs none of the folders", () => {
        remove();
        const other = write("stacks/other/dev.json.attrs", "");
        const own = write("stacks/shop/dev.json.attrs", "");
        remove("https://api.pulumi.com");
        expect(readdirSync(dirname(own))).toEqual(["dev.json.attrs"]);
        remove();
        expect(readdirSync(dirname(other))).toEqual(["dev.json.attrs"]);
        expect(said).toHaveLength(1);
    });
});
