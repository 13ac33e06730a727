import { spawnSync } from "node:child_process";

import { values, words } from "../checks/source/words";

/** The answer of .ci/programs/imagebuilder to one line. */
interface Answer {
    readonly stages: readonly { readonly image: string }[];
}

describe("the words of expandWord's table", () => {
    it("are expanded so by the library that OpenShift's builder uses", () => {
        const { TARGETPLATFORM, BUILDARCH, ...args } = values;
        const requests = words.map(([text]) => ({
            dockerfile: `ARG T=1\nARG M\nARG D=dd\nARG TT=a-b-c\nFROM ${text}\n`,
            args,
            builtin: { TARGETPLATFORM, BUILDARCH },
        }));
        const { stdout } = spawnSync("dockerfile-bases", {
            input: requests.map((request) => JSON.stringify(request)).join("\n"),
            encoding: "utf8",
        });

        const answers = stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Answer);
        expect(answers.map(({ stages }) => stages[0]?.image)).toEqual(
            words.map(([, expected]) => expected),
        );
    });
});
