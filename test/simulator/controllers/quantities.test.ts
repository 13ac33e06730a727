import { amount } from "../../../simulator/controllers/quantities";

describe("a quantity", () => {
    it.each([
        ["900", 900],
        ["50m", 0.05],
        ["1.5", 1.5],
        ["24684096Ki", 24_684_096 * 1024],
        ["512Mi", 512 * 1024 * 1024],
        ["1e3", 1000],
        ["2G", 2e9],
    ])("%s is %d", (text, number) => {
        expect(amount(text)).toBeCloseTo(number, 6);
    });

    it("that is none is not a number", () => {
        expect(amount("much")).toBeNaN();
    });
});
