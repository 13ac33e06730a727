import { EditError, digestIn, writeDigest } from "../../../cli/promotion/editDigest";

const one = `sha256:${"1".repeat(64)}`;
const two = `sha256:${"2".repeat(64)}`;

const block = `# Staging.
config:
  multiarch:namespace:   {name: "shop"}   # spaces stay
  multiarch:images:
    - name: api # the API
      destination: quay.io/shop/api   # ours

      tags: [ latest,  'v1' ]
      application:
        configFile:
          content: |
            a:   1
    - destination: "quay.io/shop/web"
      digest: ${one} # promoted
      name: web
encryptionsalt: v1:abc=:v1:def
`;

/** The lines that differ. */
function changes(before: string, after: string): string[] {
    const [old, now] = [before.split("\n"), after.split("\n")];
    return [
        ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
        ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
    ];
}

describe("writeDigest", () => {
    it("adds one line below the destination", () => {
        const edited = writeDigest(block, "api", two);

        expect(changes(block, edited)).toEqual([`+      digest: ${two}`]);
        expect(edited.split("\n")[6]).toBe(`      digest: ${two}`);
    });

    it("changes one line, and keeps its comment", () => {
        expect(changes(block, writeDigest(block, "web", two))).toEqual([
            `-      digest: ${one} # promoted`,
            `+      digest: ${two} # promoted`,
        ]);
    });

    it.each([
        ["an empty value", "digest:", `digest: ${two}`],
        ["null", "digest: null", `digest: ${two}`],
        ["quotes", `digest: "${one}"`, `digest: ${two}`],
    ])("replaces %s", (_, before, after) => {
        const text = `config:\n  multiarch:images:\n    - name: api\n      ${before}\n`;

        expect(writeDigest(text, "api", two)).toBe(text.replace(before, after));
    });

    it("keeps an entry in braces on its line", () => {
        const text = `config:\n  multiarch:images: [{name: api, destination: quay.io/shop/api, tags: []}]\n`;

        expect(writeDigest(text, "api", two)).toBe(text.replace("/api,", `/api, digest: ${two},`));
    });

    it("keeps the file's line ends, and goes without one at the end", () => {
        const text =
            "config:\r\n  multiarch:images:\r\n    - name: api\r\n      destination: q.io/a/b";
        const crlf = `${text}\r\n      tags: []\r\n`;

        expect(writeDigest(text, "api", two)).toBe(`${text}\r\n      digest: ${two}`);
        expect(writeDigest(crlf, "api", two)).toBe(
            `${text}\r\n      digest: ${two}\r\n      tags: []\r\n`,
        );
    });

    it.each([
        [
            "an anchored digest that another image repeats",
            `    - {name: api, digest: &d ${one}}\n    - {name: web, digest: *d}\n`,
        ],
        [
            "an image that another one merges",
            `    - &api {name: api, digest: ${one}}\n    - {<<: *api, name: web}\n`,
        ],
        [
            "a list's entry that another key repeats",
            `    - &api {name: api, digest: ${one}}\n  other:images: [*api]\n`,
        ],
    ])("leaves %s to be edited by hand, for the other's sake", (_, images) => {
        const text = `config:\n  multiarch:images:\n${images}`;

        expect(() => writeDigest(text, "api", two)).toThrow(EditError);
    });

    it("gives an image its own digest where it has one from an alias or a merge key", () => {
        const start = `config:\n  multiarch:images:\n    - {name: web, digest: &d ${one}}\n`;
        const alias = `${start}    - {name: api, digest: *d}\n`;
        const merged = `${start}    - {<<: {digest: ${one}}, name: api}\n`;

        expect(writeDigest(alias, "api", two)).toBe(alias.replace("*d", two));
        expect(writeDigest(merged, "api", two)).toBe(
            merged.replace("name: api", `name: api, digest: ${two}`),
        );
    });

    it.each([
        [
            "an alias",
            "config:\n  a: &a {name: api, destination: q}\n  multiarch:images:\n    - *a\n",
        ],
        ["JSON in a text", `config:\n  multiarch:images: '[{"name": "api"}]'\n`],
        ["no such image", block.replace("name: api ", "name: other ")],
    ])("leaves %s to be edited by hand", (_, text) => {
        expect(() => writeDigest(text, "api", two)).toThrow(EditError);
    });
});

describe("digestIn", () => {
    it("reads the digest of one image, and nothing of what it cannot read", () => {
        expect(digestIn(block, "web")).toBe(one);
        expect(digestIn(block, "api")).toBeUndefined();
        expect(digestIn("config: [", "api")).toBeUndefined();
        expect(digestIn("", "api")).toBeUndefined();
    });
});
