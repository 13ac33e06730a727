import { challengesOf } from "../../registry/challenges";
import { authorize } from "../../registry/registryAuth";

const login = { username: "robot", password: "s3cret" };
const basic = `Basic ${Buffer.from("robot:s3cret").toString("base64")}`;
const quay = new URL("https://quay.io/v2/");

describe("challengesOf", () => {
    it.each([
        ['Basic realm="a, b"', [{ scheme: "basic", fields: { realm: "a, b" } }]],
        [
            'Basic realm="x", Bearer realm="https://a/t",service=s',
            [
                { scheme: "basic", fields: { realm: "x" } },
                { scheme: "bearer", fields: { realm: "https://a/t", service: "s" } },
            ],
        ],
        [
            'BEARER Realm = "https://a/t", Basic realm="x"',
            [
                { scheme: "bearer", fields: { realm: "https://a/t" } },
                { scheme: "basic", fields: { realm: "x" } },
            ],
        ],
        [
            'Negotiate, Basic realm="a \\"b\\""',
            [
                { scheme: "negotiate", fields: {} },
                { scheme: "basic", fields: { realm: 'a "b"' } },
            ],
        ],
        ["", []],
    ])("reads %s", (header, challenges) => {
        expect(challengesOf(header)).toEqual(challenges);
    });
});

describe("authorize", () => {
    it.each(['Basic realm="x"', 'Negotiate, Basic realm="x"', "basic"])(
        "gives the account where %s is asked for",
        async (challenge) => {
            expect(await authorize(challenge, quay, login)).toBe(basic);
        },
    );

    it.each(["http://quay.io/token", "http://127.0.0.1/token", "http://10.0.0.1/token"])(
        "sends nothing in clear to %s for a registry elsewhere",
        async (realm) => {
            await expect(authorize(`Bearer realm="${realm}"`, quay, login)).rejects.toThrow(
                `quay.io wants credentials to be sent to ${new URL(realm).origin}`,
            );
        },
    );

    it.each(["http://registry.invalid/token", "http://127.0.0.1.invalid/token"])(
        "takes %s for no address of this machine",
        async (realm) => {
            const own = new URL("http://127.0.0.1:5000/v2/");
            await expect(authorize(`Bearer realm="${realm}"`, own, login)).rejects.toThrow(
                "wants credentials to be sent to",
            );
        },
    );

    it.each(["Negotiate", "", 'Bearer service="x"'])(
        "refuses %j, which has no way in",
        async (it) => {
            await expect(authorize(it, quay, login)).rejects.toThrow("quay.io refuses access");
        },
    );
});
