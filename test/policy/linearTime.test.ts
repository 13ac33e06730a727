import { plainSecrets } from "../../policy/rules/plainSecrets";
import { tlsVerification } from "../../policy/rules/tlsVerification";
import { deployment } from "./resources";

/** As large as an argument may be on Linux (MAX_ARG_STRLEN). */
const SIZE = 128 * 1024;
/** Milliseconds, of which a linear pattern takes a few even under load; the quadratic one took 21 s. */
const LIMIT = 4_000;

it.each(["a.", "a+", "a-b.", "_token=", "eyJ-", "eyJ.", "token: ", "curl ", " -kkk.", "--a-", "["])(
    "answers in linear time for 128 KiB of %j",
    (part) => {
        const text = part.repeat(SIZE / part.length);
        const resource = deployment({
            args: [text],
            env: [{ name: "TEXT", value: text }],
        });
        const started = performance.now();
        expect(plainSecrets.check(resource, {})).toEqual([]);
        expect(tlsVerification.check(resource, {})).toEqual([]);
        expect(performance.now() - started).toBeLessThan(LIMIT);
    },
);
