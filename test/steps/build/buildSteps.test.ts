import { stepIn, withoutValues } from "../../../steps/build/buildSteps";

describe("stepIn", () => {
    it.each([
        ["STEP 3/7: RUN go build ./...", "STEP 3/7 RUN go build ./..."],
        ["[1/2] STEP 3/7: RUN make\r", "stage 1/2 STEP 3/7 RUN make"],
        [`STEP 1/1: RUN ${"x".repeat(200)}`, `STEP 1/1 RUN ${"x".repeat(65)}…`],
        ['Cloning "git://host/repository" ...', "fetching the source"],
        ["Pulling image quay.io/a/b:c ...", "pulling quay.io/a/b:c"],
        ["Pushing image registry:5000/a/b:c ...", "pushing the image"],
    ])("reads %j as %j", (line, step) => {
        expect(stepIn(line)).toBe(step);
    });

    it.each([
        'STEP 8/9: ENV "TOKEN"="s3cret"',
        "STEP 2/9: ARG KEY=s3cret",
        "[1/2] STEP 9/9: LABEL a=b",
        "STEP 1/2: USER 1001",
        "STEP 1/2: ONBUILD ENV KEY=s3cret",
    ])("leaves out %j, which takes no time", (line) => {
        expect(stepIn(line)).toBeUndefined();
    });

    it.each(["", "--> 57a60ab9c09d", "see STEP 1/2: there", "STEP x/y: no", "Pulling"])(
        "sees no step in %j",
        (line) => {
            expect(stepIn(line)).toBeUndefined();
        },
    );
});

describe("withoutValues", () => {
    it.each([
        ['STEP 8/9: ENV "TOKEN"="s3cret"', "STEP 8/9: ENV …"],
        ["STEP 8/9: env TOKEN=s3cret", "STEP 8/9: env …"],
        ["STEP 8/9: Label a=s3cret", "STEP 8/9: Label …"],
        ["[1/2] STEP 1/9: arg KEY=s3cret", "[1/2] STEP 1/9: arg …"],
        ["STEP 8/9: ONBUILD ENV TOKEN=s3cret", "STEP 8/9: ONBUILD ENV …"],
        ["STEP 8/9: onbuild  label\ta=s3cret", "STEP 8/9: onbuild  label …"],
    ])("hides the values of variables in %j, which may be secret", (line, shown) => {
        expect(withoutValues(line)).toBe(shown);
    });

    it("leaves other lines alone", () => {
        expect(withoutValues("STEP 4/9: RUN ENV=1 make")).toBe("STEP 4/9: RUN ENV=1 make");
    });
});
