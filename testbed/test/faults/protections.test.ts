import { readFileSync } from "node:fs";
import { join } from "node:path";

import { protections } from "../../faults/protections";
import { withoutProtection } from "../../faults/unprotected";

const root = join(__dirname, "../../..");

describe("a protection that faults are injected without", () => {
    it.each(protections.map((it) => [it.name, it] as const))(
        "stands in its file once, and is taken out: %s",
        (_, protection) => {
            const text = readFileSync(join(root, protection.file), "utf8");
            const changed = withoutProtection(text, protection);
            expect(changed).not.toBe(text);
            expect(changed).not.toContain(protection.from);
        },
    );

    it("is one of its name", () => {
        const names = protections.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
    });

    it("has tests, each of which fails without one protection only", () => {
        const tests = protections.flatMap((protection) => protection.tests);
        expect(protections.filter((protection) => protection.tests.length === 0)).toEqual([]);
        expect(tests.filter((test, at) => tests.indexOf(test) !== at)).toEqual([]);
    });

    it("must stand there exactly once", () => {
        const protection = { name: "p", tests: ["t"], file: "f", from: "a", to: "b" };
        expect(withoutProtection("xay", protection)).toBe("xby");
        expect(() => withoutProtection("aa", protection)).toThrow('p: "a" stands there 2 times');
        expect(() => withoutProtection("x", protection)).toThrow('p: "a" stands there 0 times');
    });
});
