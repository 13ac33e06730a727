import { identityOf } from "../../components/identity";

describe("identityOf", () => {
    it("is 40 hex digits of the SHA-256 of the canonical text", () => {
        // printf '{"a":1,"b":["x",true,null]}' | sha256sum | cut -c1-40
        expect(identityOf({ b: ["x", true, null], a: 1 })).toBe(
            "19fb8ce7a758416c9e53d8c73205499a05e0dbd8",
        );
    });

    it("does not depend on the order of keys, however deep", () => {
        expect(identityOf({ a: { c: 1, d: [{ e: 2, f: 3 }] }, b: 4 })).toBe(
            identityOf({ b: 4, a: { d: [{ f: 3, e: 2 }], c: 1 } }),
        );
    });

    it("takes a key without a value for no key", () => {
        expect(identityOf({ a: 1, b: undefined, c: { d: undefined } })).toBe(
            identityOf({ a: 1, c: {} }),
        );
    });

    it.each([
        ["another value", { a: "1" }, { a: "2" }],
        ["another key", { a: "1" }, { b: "1" }],
        ["a number and its text", { a: 1 }, { a: "1" }],
        ["null and nothing", { a: null }, {}],
        ["a list and a text", { a: ["1"] }, { a: "1" }],
        ["the order of a list", { a: ["1", "2"] }, { a: ["2", "1"] }],
        ["two texts and their join", { a: ["1", "2"] }, { a: ["1,2"] }],
        ["a key that looks like two", { 'a":"1","b': "2" }, { a: "1", b: "2" }],
        ["a level", { a: { b: "1" } }, { a: { a: { b: "1" } } }],
    ])("tells %s apart", (_, one, other) => {
        expect(identityOf(one)).not.toBe(identityOf(other));
    });
});
