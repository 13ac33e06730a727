import { ApiError, ConnectionError, describeRequest, isTransient } from "../../cluster/apiError";

const builds = describeRequest("GET", "/apis/build.openshift.io/v1/namespaces/shop/builds/api-1");
const answer = (status: number, message = "no") => new ApiError(status, "reason", message, builds);
const forbidden = (user: string) =>
    `builds.build.openshift.io "api-1" is forbidden: User "${user}" cannot get resource "builds" in API group "build.openshift.io" in the namespace "shop"`;

describe("an error of the cluster", () => {
    it.each([500, 502, 503, 504, 429])("may pass when the answer is %d", (status) => {
        expect(isTransient(answer(status))).toBe(true);
    });

    it.each([400, 401, 403, 404, 409, 410, 422])("stays when the answer is %d", (status) => {
        expect(isTransient(answer(status))).toBe(false);
    });

    it("may pass when there was no answer", () => {
        expect(isTransient(new ConnectionError(builds, "https://api", "reset", false))).toBe(true);
    });

    it("may pass when an API server that has just started takes the account for nobody", () => {
        expect(isTransient(answer(403, forbidden("system:anonymous")))).toBe(true);
        expect(isTransient(answer(403, forbidden("ann")))).toBe(false);
    });
});
