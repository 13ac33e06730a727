import * as http from "node:http";
import type { AddressInfo } from "node:net";

import { authorize, isOwnTokenService, UnknownAccount } from "../../registry/registryAuth";
import { login } from "./fakeRegistry";

describe("the token service of a registry", () => {
    it.each([
        ["quay.io", "quay.io"],
        ["registry-1.docker.io", "auth.docker.io"],
        ["registry.gitlab.com", "gitlab.com"],
        ["registry.example.co.uk", "login.example.co.uk"],
        ["harbor.corp:8443", "harbor.corp:9443"],
        ["127.0.0.1:5000", "127.0.0.1:5001"],
    ])("of %s may be %s", (registry, service) => {
        expect(
            isOwnTokenService(new URL(`https://${service}`), new URL(`https://${registry}`)),
        ).toBe(true);
    });

    it.each([
        ["quay.io", "quay.io.evil.example"],
        ["quay.io", "evilquay.io"],
        ["registry.example.com", "evil.com"],
        ["example.co.uk", "evil.co.uk"],
        ["10.0.0.1", "11.0.0.1"],
        ["quay.io", "127.0.0.1"],
    ])("of %s is not %s", (registry, service) => {
        expect(
            isOwnTokenService(new URL(`https://${service}`), new URL(`https://${registry}`)),
        ).toBe(false);
    });

    it("is sent no account where it is somebody else's", async () => {
        const challenge = 'Bearer realm="https://evil.example/token",service="x"';
        await expect(authorize(challenge, new URL("https://quay.io/v2/"), login)).rejects.toThrow(
            "quay.io wants the account to be sent to evil.example: expected a token service of its own domain",
        );
    });
});

describe("authorize", () => {
    let server: http.Server;
    let statuses: number[];
    let asked: number;
    let origin: string;

    beforeEach(async () => {
        asked = 0;
        server = http.createServer((_, response) => {
            response.writeHead(statuses[Math.min(asked++, statuses.length - 1)] ?? 500);
            response.end(JSON.stringify({ token: "t" }));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    afterEach(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });

    const ask = () =>
        authorize(
            `Bearer realm="${origin}/token"`,
            new URL(`${origin}/v2/`),
            login,
            undefined,
            () => Promise.resolve(),
        );

    it.each([429, 500, 503])("asks again after %i", async (status) => {
        statuses = [status, 200];
        expect(await ask()).toBe("Bearer t");
        expect(asked).toBe(2);
    });

    it.each([429, 500, 503])("blames no account when it is %i each time", async (status) => {
        statuses = [status];
        const error = await ask().catch((reason: unknown) => reason);
        expect(error).not.toBeInstanceOf(UnknownAccount);
        expect(String(error)).toBe(
            `Error: ${origin.slice(7)} answered ${status} instead of a token`,
        );
        expect(asked).toBe(3);
    });

    it.each([401, 403])("says at once that an account is unknown after %i", async (status) => {
        statuses = [status];
        const error = await ask().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(UnknownAccount);
        expect(asked).toBe(1);
    });
});
