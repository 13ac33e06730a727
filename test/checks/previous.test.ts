import { type Clock } from "../../cluster/clock";
import { previousBuilds, previousOutputs } from "../../checks/previous";
import { type BuiltFrom } from "../../components/builtFrom";
import { record } from "../mocks";

const builtFrom: BuiltFrom = {
    commit: "c0ffee".padEnd(40, "0"),
    url: "https://git.example.com/shop.git",
    contextDir: ".",
    dockerfilePath: "Dockerfile",
    buildArgs: { VERSION: "1.2" },
    architectures: ["amd64", "arm64"],
    rebuild: "",
};

const digest = `sha256:${"d".repeat(64)}`;
const asked: unknown[] = [];

/** What the stack whose last update left these outputs was built from. */
async function previous(
    outputs: Record<string, unknown>,
    secretOutputNames: readonly string[] = [],
): Promise<ReadonlyMap<string, BuiltFrom>> {
    let found: ReadonlyMap<string, BuiltFrom> = new Map();
    const program = async () => {
        found = previousBuilds((await previousOutputs()).images);
    };
    const { registrations } = await record(program, {
        calls: {
            "pulumi:pulumi:readStackOutputs": (inputs) => {
                asked.push(inputs);
                return { outputs, secretOutputNames };
            },
        },
    });
    // Another resource would be written into the state.
    expect(registrations).toEqual({});
    return found;
}

describe("previousBuilds", () => {
    it("reads what each image was built from out of the stack's own outputs", async () => {
        const other = { ...builtFrom, rebuild: "again" };
        const images = {
            api: { reference: "r", digest, builtFrom },
            web: { digest, builtFrom: other },
        };

        expect(await previous({ images })).toEqual(
            new Map([
                ["api", builtFrom],
                ["web", other],
            ]),
        );
        expect(asked).toEqual([{ name: "organization/multiarch/test" }]);
    });

    it.each<[string, Record<string, unknown>]>([
        ["a stack that was never updated", {}],
        ["one without images", { images: {} }],
        ["an image that was only deployed", { images: { api: { digest } } }],
        ["outputs of another shape", { images: ["api"] }],
        ["a value that is no section", { images: { api: "reference" } }],
        ["an image that was not finished", { images: { api: { builtFrom } } }],
        ["one whose digest is a marker", { images: { api: { digest: "04da6b54", builtFrom } } }],
        ["an older version", { images: { api: { digest, builtFrom: { commit: "c0ffee" } } } }],
    ])("knows nothing of %s", async (_, outputs) => {
        expect(await previous(outputs)).toEqual(new Map());
    });

    it("knows an image beside one that was not finished", async () => {
        const images = { api: { digest, builtFrom }, web: { digest: "x", builtFrom }, old: null };

        expect(await previous({ images })).toEqual(new Map([["api", builtFrom]]));
    });

    it("knows nothing of outputs that are secret", async () => {
        expect(await previous({ images: { api: { digest, builtFrom } } }, ["images"])).toEqual(
            new Map(),
        );
    });

    it("takes a newer version's outputs for what it knows of them", async () => {
        const newer = { ...builtFrom, target: "release" };

        expect(await previous({ images: { api: { digest, builtFrom: newer } } })).toEqual(
            new Map([["api", builtFrom]]),
        );
    });

    describe("while the engine writes the state", () => {
        const impatient: Clock = { now: () => 0, date: () => 0, sleep: () => Promise.resolve() };

        /** Asks where the first questions meet these errors. */
        async function ask(errors: readonly string[]) {
            const left = [...errors];
            let questions = 0;
            let images: unknown;
            const calls = {
                "pulumi:pulumi:readStackOutputs": () => {
                    questions += 1;
                    const error = left.shift();
                    if (error !== undefined) {
                        throw new Error(`answered: ${error}`);
                    }
                    return { outputs: { images: "those" }, secretOutputNames: [] };
                },
            };
            const program = async () => {
                images = await previousOutputs(impatient).then((outputs) => outputs.images, String);
            };
            await record(program, { calls });
            return { images, questions };
        }

        it("asks again", async () => {
            const errors = ["failed to load checkpoint: EOF"];
            expect(await ask([...errors, "failed to load checkpoint: unexpected EOF"])).toEqual({
                images: "those",
                questions: 3,
            });
        });

        it("gives up after the fifth question", async () => {
            const { images, questions } = await ask(
                Array<string>(9).fill("failed to load checkpoint: EOF"),
            );
            expect(images).toContain("failed to load checkpoint: EOF");
            expect(questions).toBe(5);
        });

        it("does not ask again what fails otherwise", async () => {
            const { images, questions } = await ask(["failed to load checkpoint: no access"]);
            expect(images).toContain("no access");
            expect(questions).toBe(1);
        });
    });
});
