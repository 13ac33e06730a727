import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { commandOf, shells } from "./shells";

const scripts = join(__dirname, "../../../steps/publish/scripts");
const text = (name: string) => readFileSync(join(scripts, name), "utf8");
let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch-parts-"));
    mkdirSync(join(folder, "work"));
    mkdirSync(join(folder, "bin"));
});

afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
});

/** Runs a few lines after common.sh. */
function run(shell: readonly string[], lines: string, environment: Record<string, string> = {}) {
    const whole = `${text("common.sh")}\n${lines}`
        .replaceAll("/work", join(folder, "work"))
        .replaceAll("/dev/termination-log", join(folder, "termination"));
    const { program, args, path } = commandOf(shell, folder, join(folder, "bin"));
    const { status, stdout, stderr } = spawnSync(program, [...args, "-c", whole], {
        encoding: "utf8",
        timeout: 20_000,
        env: { PATH: path, COMMIT: "c0ffee".padEnd(40, "0"), ...environment },
    });
    return { status, stdout, stderr };
}

const named = shells.map((shell) => [shell.join(" "), shell] as const);
/** dash has no `read -t`; none of the publisher's images has it, but an image that a stack names may. */
const withDash =
    spawnSync("dash", ["-c", "true"]).status === 0
        ? [...named, ["dash", ["dash"]] as const]
        : named;

describe.each(named)("the publisher's parts under %s", (_, shell) => {
    it.each([
        ["failed to get manifest quay.io/access-denied/api: [http 503]", 1],
        ["dial tcp: lookup docker://quay.io/shop/denied:latest: no such host", 1],
        ['Get "https://quay.io/v2/unauthorized/api/manifests/1": EOF', 1],
        ["reading manifest c0ffee in denied.example.com/shop/api: connection reset by peer", 1],
        ["request failed quay.io/shop/api: [http 401]", 0],
        ["pushing quay.io/shop/denied: denied: requested access to the resource is denied", 0],
        ["writing quay.io/shop/api: unauthorized: access to the requested resource", 0],
        ['Get "https://quay.io/v2/": x509: certificate signed by unknown authority', 0],
    ])("takes words for a refusal, not names: %s", (words, expected) => {
        const { status, stdout } = run(shell, 'hopeless "$WORDS" && echo 0 || echo 1', {
            WORDS: words,
        });
        expect({ status, stdout }).toEqual({ status: 0, stdout: `${expected}\n` });
    });

    const moving = (...lines: readonly string[]) => `
        move() { echo "moved $1"; }
        identify() { if [ -e /work/second ]; then echo "$SECOND"; else echo "$FIRST"; fi; }
        note_floating_tags
        touch /work/second
        ${lines.join("\n")}`;

    it.each([
        ["was what it had been", { FIRST: "a", SECOND: "?" }],
        ["was not known before either", { FIRST: "?", SECOND: "?" }],
        ["was of no image", { FIRST: "", SECOND: "?" }],
    ])("fails the pod, and moves nothing, when a tag that %s is not told again", (_what, tags) => {
        const { status, stdout, stderr } = run(shell, moving("move_floating_tags new; echo went"), {
            FLOATING_TAGS: "latest",
            ...tags,
        });
        expect(status).toBe(1);
        expect(stdout).toBe('{"event":"ready"}\n');
        expect(stderr).toBe("the registry does not say what tag latest names; it was not moved\n");
    });

    it("fails the pod when the registry does not tell what was published", () => {
        const { status, stderr } = run(shell, moving("move_floating_tags '?'"), {
            FLOATING_TAGS: "latest",
            FIRST: "a",
            SECOND: "a",
        });
        expect(status).toBe(1);
        expect(stderr).toBe(
            "the registry does not say what was published; no floating tag moved\n",
        );
    });

    it.each([
        [
            "moves one that stands where it stood",
            { FIRST: "a", SECOND: "a" },
            'moved latest\n"latest" \n',
        ],
        [
            "moves one that was not told before",
            { FIRST: "?", SECOND: "a" },
            'moved latest\n"latest" \n',
        ],
        ["takes one that is there already", { FIRST: "a", SECOND: "new" }, '"latest" \n'],
        ["leaves one that somebody moved", { FIRST: "a", SECOND: "b" }, ' "latest":"b"\n'],
    ])("%s", (_what, tags, expected) => {
        const lines = moving("move_floating_tags new", 'echo "$moved $ahead"');
        const { status, stdout } = run(shell, lines, { FLOATING_TAGS: "latest", ...tags });
        expect(status).toBe(0);
        expect(stdout).toBe(`{"event":"ready"}\n${expected}`);
    });

    /** A buildah whose pushes with a file for the digest end well, and leave the file empty or away. */
    function push(buildah: string) {
        const log = join(folder, "log");
        writeFileSync(join(folder, "bin/buildah"), `#!/bin/sh\necho "$*" >>${log}\n${buildah}\n`);
        chmodSync(join(folder, "bin/buildah"), 0o755);
        writeFileSync(join(folder, "work/digest"), "sha256:of an earlier push");
        const own = /^push\(\) \{[\s\S]*?^push_once\(\) \{[\s\S]*?^\}$/m.exec(
            text("buildah.sh"),
        )?.[0];
        const lines = `DESTINATION=quay.io/shop/api\n${own ?? ""}\npush list latest\ncat /work/digest`;
        const ended = run(shell, lines);
        return { ...ended, calls: readFileSync(log, "utf8").trim().split("\n").length };
    }
    const digestFile = join("work", "digest");

    it("takes a push at its word that left its digest", () => {
        const file = () => join(folder, digestFile);
        expect(push(`echo sha256:1 >${file()}`)).toEqual({
            status: 0,
            stdout: "sha256:1\n",
            stderr: "",
            calls: 1,
        });
    });

    it.each([
        ["a refusal ends the pod for good", "unauthorized: access denied", 77],
        ["a failure ends the pod", "received unexpected HTTP status: 503", 1],
    ])(
        "a push that ends well without a digest is done again to hear why: %s",
        (_what, says, code) => {
            const { status, stdout, stderr, calls } = push(
                `case $* in *--digestfile*) exit 0 ;; esac; echo "${says}" >&2; exit 125`,
            );
            expect({ status, stdout, stderr }).toEqual({
                status: code,
                stdout: "",
                stderr: `${says}\n`,
            });
            expect(calls).toBe(2);
        },
    );

    it("a push that never leaves a digest and never says why fails the pod", () => {
        expect(push("exit 0")).toEqual({
            status: 1,
            stdout: "",
            stderr: "tag latest could not be pushed, and buildah does not say why\n",
            calls: 3,
        });
    });

    it("a push that works the second time is a push", () => {
        const file = join(folder, digestFile);
        const again = `if [ -e ${folder}/once ]; then case $* in *--digestfile*) echo sha256:2 >${file} ;; esac; fi; touch ${folder}/once`;
        expect(push(again)).toMatchObject({ status: 0, stdout: "sha256:2\n", stderr: "" });
    });
});

it.each(withDash)("waits without spinning under %s", (_, shell) => {
    const { status, stdout, stderr } = run(
        shell,
        "began=$(now); pause 0.2; [ $(($(now) - began)) -ge 18 ] && echo waited",
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "waited\n", stderr: "" });
});
