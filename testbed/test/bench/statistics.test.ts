import { medianOf, spreadOf } from "../../bench/statistics";

describe("spreadOf", () => {
    it("describes numbers in any order", () => {
        expect(spreadOf([5, 1, 4, 2, 3])).toEqual({
            count: 5,
            median: 3,
            min: 1,
            max: 5,
            quartiles: [2, 4],
        });
    });

    it("takes the middle between two numbers", () => {
        expect(medianOf([1, 2])).toBe(1.5);
        expect(spreadOf([1, 2]).quartiles).toEqual([1.25, 1.75]);
    });

    it("refuses to describe nothing", () => {
        expect(() => spreadOf([])).toThrow("no number was measured");
    });
});
