import * as http from "node:http";
import type { AddressInfo } from "node:net";

import * as pulumi from "@pulumi/pulumi";

import { type BuiltImage, type Config } from "../../config/loadConfig";
import { checkRegistry } from "../../checks/registryChecks";
import { FakeRegistry, login } from "../registry/fakeRegistry";
import { beforeStack } from "../config/load";

beforeAll(beforeStack);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
});

async function registry(scheme: "Bearer" | "Basic"): Promise<FakeRegistry> {
    const started = new FakeRegistry(scheme);
    await started.start();
    closing.push(() => started.stop());
    return started;
}

/** A registry that answers every request alike. */
async function answering(status: number, headers: http.OutgoingHttpHeaders = {}, body = "") {
    const requests: string[] = [];
    const server = http.createServer((request, response) => {
        requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
        response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function config(server: string, password = login.password, destination = `${server}/shop/api`) {
    return {
        registry: { server, username: login.username },
        registryPassword: pulumi.secret(password),
        images: [{ destination }, { destination }],
    } as unknown as Config;
}

/** Checks for all images that the stack builds. */
function check(stack: Config): Promise<void> {
    const images = stack.images.filter((it): it is BuiltImage => it.digest === undefined);
    return checkRegistry(stack, images, undefined);
}

describe("checkRegistry", () => {
    it.each(["Bearer", "Basic"] as const)(
        "begins one push to each repository of a registry with %s, and gives it up",
        async (scheme) => {
            const { host, requests } = await registry(scheme);

            await check(config(host));

            const uploads = "/v2/shop/api/blobs/uploads/";
            expect(requests.filter((it) => !it.endsWith("/token"))).toEqual([
                `POST ${uploads}`,
                `POST ${uploads}`,
                `DELETE ${uploads}1`,
            ]);
        },
    );

    it.each(["Bearer", "Basic"] as const)(
        "names the key of a password that a registry with %s does not take",
        async (scheme) => {
            const { host } = await registry(scheme);

            await expect(check(config(host, "old"))).rejects.toThrow(
                [
                    `Nothing was changed: ${host} refuses what images are to be published with.`,
                    `  multiarch:registryPassword: ${host} does not take it for the account "robot": expected its present password or token, not one that was changed or has expired`,
                    "Next:",
                    "  pulumi config set --secret multiarch:registryPassword --stack dev",
                ].join("\n"),
            );
        },
    );

    it("asks nothing of another origin that a registry points to", async () => {
        const elsewhere = await answering(401, { "www-authenticate": 'Basic realm="other"' });
        const location = `http://${elsewhere.host}/upload/1`;
        const { host, requests } = await answering(202, { location });

        await check(config(host));

        expect(requests).toEqual(["POST /v2/shop/api/blobs/uploads/"]);
        expect(elsewhere.requests).toEqual([]);
    });

    it("names the account that may not push, and the repository", async () => {
        const { host } = await answering(403);

        await expect(check(config(host))).rejects.toThrow(
            `multiarch:registry.username: "robot" may not push to ${host}/shop/api (${host} answered 403): expected an account with the right to write`,
        );
    });

    it.each([404, 429, 500])("takes %i for no answer about the account", async (status) => {
        const { host, requests } = await answering(status);

        await check(config(host));

        expect(requests).toEqual(["POST /v2/shop/api/blobs/uploads/"]);
    });

    it.each(["NAME_UNKNOWN", "NAME_INVALID"])(
        "names the destination where the registry makes no such repository: 404 with %s",
        async (code) => {
            const { host } = await answering(404, {}, JSON.stringify({ errors: [{ code }] }));

            await expect(check(config(host))).rejects.toThrow(
                `multiarch:images[].destination: ${host} has no place for ${host}/shop/api (it answered 404): expected a repository, or an organization or project in which "robot" may make one`,
            );
        },
    );

    it("does not mind a registry that cannot be asked from here", async () => {
        await expect(check(config("127.0.0.1:1"))).resolves.toBeUndefined();
    });

    it("sends the password to no other host, and asks nothing without one", async () => {
        const { host, requests } = await answering(403);

        await check(config("quay.io", login.password, `${host}/shop/api`));
        const { registry: account, images } = config(host);
        await check({ registry: account, images } as unknown as Config);

        expect(requests).toEqual([]);
    });

    it("asks nothing when nothing is to be published", async () => {
        const { host, requests } = await answering(403);

        await checkRegistry(config(host), [], undefined);

        expect(requests).toEqual([]);
    });
});
