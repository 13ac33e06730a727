import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { installPlugins } from "../plugins";
import { toolchainFolder } from "../sandbox/toolchain";

jest.mock("../sandbox/toolchain", () => ({ toolchainFolder: jest.fn() }));

let home: string;
beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "multiarch-plugins-"));
    jest.mocked(toolchainFolder).mockReturnValue("/toolchain");
});
afterEach(() => {
    fs.rmSync(home, { recursive: true });
});

/** Every link below the home, with what it points to. */
function links(): Record<string, string> {
    const plugins = path.join(home, "plugins");
    return Object.fromEntries(
        fs
            .readdirSync(plugins, { recursive: true, withFileTypes: true })
            .filter((entry) => !entry.isDirectory())
            .map((entry) => {
                const file = path.join(entry.parentPath, entry.name);
                return [path.relative(plugins, file), fs.readlinkSync(file)] as const;
            }),
    );
}

/** The version of an SDK that the program is locked to. */
function versionOf(name: string): string {
    const file = path.join(__dirname, "../../package-lock.json");
    const { packages } = JSON.parse(fs.readFileSync(file, "utf8")) as {
        packages: Record<string, { version: string }>;
    };
    return packages[`node_modules/@pulumi/${name}`]?.version ?? "none";
}

describe("installPlugins", () => {
    it("links each plugin under the version of its SDK, which is the one that is asked for", () => {
        installPlugins(home);

        expect(links()).toEqual(
            Object.fromEntries(
                ["kubernetes", "command", "docker"].map((name) => [
                    `resource-${name}-v${versionOf(name)}/pulumi-resource-${name}`,
                    `/toolchain/bin/pulumi-resource-${name}`,
                ]),
            ),
        );
    });

    it("follows a toolchain that has moved, and leaves the rest of the home alone", () => {
        installPlugins(home);
        fs.writeFileSync(path.join(home, "credentials.json"), "{}");
        jest.mocked(toolchainFolder).mockReturnValue("/elsewhere");
        installPlugins(home);

        expect(Object.values(links())).toEqual([
            "/elsewhere/bin/pulumi-resource-command",
            "/elsewhere/bin/pulumi-resource-docker",
            "/elsewhere/bin/pulumi-resource-kubernetes",
        ]);
        expect(fs.existsSync(path.join(home, "credentials.json"))).toBe(true);
    });
});
