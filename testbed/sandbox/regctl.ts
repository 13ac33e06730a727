import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

import { attempt, command } from "./command";
import { type Architecture, paths } from "./settings";

const program = "github.com/regclient/regclient/cmd/regctl";
const version = "v0.11.7";

/** Path of regctl for an architecture: the toolchain's, the cache's, or built now with Go. */
export async function ensureRegctl(toolchain: string, architecture: Architecture): Promise<string> {
    const name = `regctl-${architecture}`;
    const packed = join(toolchain, "bin", name);
    if (existsSync(packed)) {
        return packed;
    }
    const folder = join(paths.cache, "regctl");
    const path = join(folder, `${name}-${version}`);
    if (!existsSync(path)) {
        await build(folder, architecture, path);
    }
    return path;
}

/** Says why regctl cannot be had, when it is neither in the toolchain nor in the cache. */
export async function whyNoRegctl(toolchain: string | undefined): Promise<string | undefined> {
    const found = ["amd64", "arm64"].every(
        (it) =>
            (toolchain !== undefined && existsSync(join(toolchain, `bin/regctl-${it}`))) ||
            existsSync(join(paths.cache, `regctl/regctl-${it}-${version}`)),
    );
    return found || (await hasGo()) ? undefined : noGo;
}

const noGo =
    `the sandbox needs regctl ${version}, which it builds with Go, and there is no Go 1.26 or ` +
    "newer on the PATH (Debian's golang package is too old). Install it from " +
    "https://go.dev/dl/, or use a toolchain archive that holds bin/regctl-amd64 and " +
    "bin/regctl-arm64 (npm run sandbox -- pack makes one).";

async function hasGo(): Promise<boolean> {
    try {
        const text = (await attempt(["go", "env", "GOVERSION"], { seconds: 10 })).stdout;
        const minor = /^go1\.(\d+)/.exec(text)?.[1];
        return Number(minor ?? 0) >= 26;
    } catch {
        return false;
    }
}

async function build(folder: string, architecture: Architecture, path: string): Promise<void> {
    if (!(await hasGo())) {
        throw new Error(noGo);
    }
    const scratch = join(folder, `build-${architecture}`);
    mkdirSync(scratch, { recursive: true });
    const env = {
        ...process.env,
        ...{ CGO_ENABLED: "0", GOOS: "linux", GOARCH: architecture, GOFLAGS: "", GOWORK: "off" },
        // "go install" of another architecture's program goes to a folder below this one.
        GOPATH: scratch,
        GOMODCACHE: join(folder, "modules"),
    };
    const flags = ["-trimpath", "-modcacherw", "-ldflags", "-s -w"];
    await command(["go", "install", ...flags, `${program}@${version}`], { env, seconds: 600 });
    const built = [join(scratch, "bin/regctl"), join(scratch, `bin/linux_${architecture}/regctl`)];
    renameSync(built.find(existsSync) ?? "regctl", path);
    await command(["rm", "-rf", scratch]);
}
