import { parseQuantity } from "../../config/quantity";

describe("a quantity", () => {
    it.each([
        ["1", 1],
        ["0.5", 0.5],
        ["500m", 0.5],
        ["128Mi", 128 * 1024 * 1024],
        ["2G", 2e9],
        ["lots", undefined],
        ["1 Gi", undefined],
        ["-1", undefined],
        ["1MB", undefined],
        ["", undefined],
    ])("reads %j as %j", (text, expected) => {
        expect(parseQuantity(text)).toBe(expected);
    });
});
