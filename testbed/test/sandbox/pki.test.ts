import { alternativeNames } from "../../sandbox/pki";

describe("alternativeNames", () => {
    it("tells names from addresses", () => {
        expect(alternativeNames(["quay.io", "10.89.0.3", "node-amd64"])).toBe(
            "DNS:quay.io,IP:10.89.0.3,DNS:node-amd64",
        );
    });
});
