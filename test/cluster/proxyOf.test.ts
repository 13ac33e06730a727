import { proxyOf } from "../../cluster/proxyOf";

const proxy = "http://proxy.example.com:3128";
const of = (server: string, NO_PROXY?: string) =>
    proxyOf(new URL(server), { HTTPS_PROXY: proxy, NO_PROXY });

describe("proxyOf", () => {
    it("is HTTPS_PROXY for https, in either case of letters, and HTTP_PROXY for http", () => {
        expect(of("https://api.example.com:6443")).toBe(proxy);
        expect(of("http://api.example.com")).toBeUndefined();
        expect(proxyOf(new URL("https://api"), { https_proxy: proxy })).toBe(proxy);
        expect(proxyOf(new URL("http://api"), { HTTP_PROXY: "proxy:8080" })).toBe(
            "http://proxy:8080",
        );
    });

    it.each([
        "https://localhost:6443",
        "https://127.0.0.1:6443",
        "https://127.1.2.3",
        "https://[::1]:6443",
    ])("is none for this machine: %s", (server) => {
        expect(of(server)).toBeUndefined();
    });

    it.each([
        ["https://api.example.com:6443", "*"],
        ["https://api.example.com:6443", "example.com"],
        ["https://example.com:6443", "example.com"],
        ["https://api.example.com:6443", ".example.com"],
        ["https://api.example.com:6443", "*.example.com"],
        ["https://API.example.com:6443", "other, Api.Example.com "],
        ["https://api.example.com:6443", "api.example.com:6443"],
        ["https://10.0.3.7:6443", "10.0.0.0/16"],
        ["https://10.0.3.7:6443", "10.0.3.7"],
        ["https://[fd00::7]:6443", "fd00::/8"],
    ])("is none for %s with NO_PROXY=%s", (server, list) => {
        expect(of(server, list)).toBeUndefined();
    });

    it.each([
        ["https://api.example.com:6443", ""],
        ["https://api.example.com:6443", "api.example.com:443"],
        ["https://example.com", ".example.com"],
        ["https://myexample.com", "example.com"],
        ["https://10.1.3.7:6443", "10.0.0.0/16"],
        ["https://10.0.3.7:6443", "10.0.3.0/33"],
        ["https://api.example.com", "fd00::/8"],
    ])("is used for %s with NO_PROXY=%s", (server, list) => {
        expect(of(server, list)).toBe(proxy);
    });
});
