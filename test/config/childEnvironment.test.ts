import { childEnvironment } from "../../config/childEnvironment";

describe("childEnvironment", () => {
    it.each([
        "PULUMI_CONFIG",
        "PULUMI_CONFIG_SECRET_KEYS",
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        "PULUMI_ACCESS_TOKEN",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
    ])("hides %s", (name) => {
        expect(childEnvironment({}, { [name]: "secret", PATH: "/bin" })).toEqual({ PATH: "/bin" });
    });

    it.each(["PATH", "HOME", "HTTPS_PROXY", "KUBECONFIG", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT"])(
        "keeps %s",
        (name) => {
            expect(childEnvironment({}, { [name]: "x" })).toEqual({ [name]: "x" });
        },
    );

    it("adds what is given, over what was there", () => {
        expect(childEnvironment({ LC_ALL: "C" }, { LC_ALL: "de", TZ: "x" })).toEqual({
            LC_ALL: "C",
            TZ: "x",
        });
    });
});
