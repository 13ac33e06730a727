import fc from "fast-check";

import { gitUrlProblem, redactUrl, takesPassword } from "../../config/gitUrl";

const accepted = (url: string) => gitUrlProblem(url) === undefined;
const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,9}$/);
const path = fc.array(fc.stringMatching(/^[A-Za-z0-9._~-]{1,8}$/), { minLength: 1, maxLength: 3 });
const url = fc.oneof(
    fc
        .tuple(fc.constantFrom("https", "http", "git", "ssh"), name, path)
        .map(([scheme, host, parts]) => `${scheme}://${host}/${parts.join("/")}`),
    fc.tuple(name, path).map(([host, parts]) => `ssh://git@${host}:22/${parts.join("/")}`),
    fc.tuple(name, path).map(([host, parts]) => `git@${host}:org/${parts.join("/")}`),
);

describe("a Git URL", () => {
    it("is accepted in each of its forms", () => {
        fc.assert(
            fc.property(url, (text) => {
                expect(gitUrlProblem(text)).toBeUndefined();
            }),
        );
    });

    it("is never an option, whatever follows the dash", () => {
        const rest = fc.oneof(fc.string(), url, fc.constant("-upload-pack=x"));
        fc.assert(
            fc.property(rest, (text) => {
                expect(accepted(`-${text}`)).toBe(false);
            }),
        );
    });

    it("never has white space, a control character or a shell's special character in it", () => {
        const bad = fc.constantFrom(..." \t\n\r\0\u007f\u00a0\u2028'\"`$;|&<>(){}\\?#".split(""));
        fc.assert(
            fc.property(url, bad, fc.nat(), (text, character, position) => {
                const at = position % (text.length + 1);
                expect(accepted(text.slice(0, at) + character + text.slice(at))).toBe(false);
            }),
        );
    });

    it("never carries a password, and none shows after redaction", () => {
        const scheme = fc.constantFrom("https", "http", "git", "ssh");
        fc.assert(
            fc.property(scheme, fc.stringMatching(/^[a-z]{1,5}$/), (transport, user) => {
                const text = `${transport}://${user}:hunter2@git.example.com/a.git`;
                expect(accepted(text)).toBe(false);
                expect(redactUrl(text)).not.toContain("hunter2");
            }),
        );
    });

    it.each([
        ["a command", "ext::sh -c id"],
        ["a command without arguments", "ext::id"],
        ["a file descriptor", "fd::7"],
        ["a local path", "/srv/shop.git"],
        ["a relative path", "../shop.git"],
        ["a file URL", "file:///srv/shop.git"],
        ["an FTP URL", "ftp://git.example.com/shop.git"],
        ["an scp-like address without a user", "git.example.com:shop.git"],
        ["a host that is an option of ssh", "ssh://-oProxyCommand=id/shop.git"],
        ["a host that is an option of ssh, after a user", "git@-oProxyCommand=id:shop.git"],
        ["a path that is an option", "git@git.example.com:--upload-pack=id"],
        ["a user that is an option", "-l@git.example.com:shop.git"],
        ["a URL without a host", "https:///shop.git"],
        ["a URL without a path", "https://git.example.com"],
        ["a URL with an encoded line break", "https://git.example.com/a%0ahost=b"],
        ["a URL with a token for a user", "https://hunter2@git.example.com/a.git"],
        ["a URL with a token in its query", "https://git.example.com/a.git?token=hunter2"],
        ["nothing", ""],
    ])("is not %s", (_, text) => {
        expect(accepted(text)).toBe(false);
    });

    it.each([
        ["https://ann:hunter2@git.example.com/a.git", "https://***@git.example.com/a.git"],
        ["https://hunter2@git.example.com/a.git", "https://***@git.example.com/a.git"],
        ["https://ann:hun/ter@2@git.example.com/a.git", "https://***@git.example.com/a.git"],
        ["ann:hunter2@git.example.com:a.git", "***@git.example.com:a.git"],
        ["https://git.example.com/a.git?token=hunter2", "https://git.example.com/a.git?***"],
        ["https://git.example.com/a.git", "https://git.example.com/a.git"],
    ])("shows %j as %j", (text, shown) => {
        expect(redactUrl(text)).toBe(shown);
    });

    it("takes a password over http and https only", () => {
        const urls = ["https://a/b", "http://a/b", "ssh://a/b", "git://a/b", "git@a:b"];
        expect(urls.map(takesPassword)).toEqual([true, true, false, false, false]);
    });
});
