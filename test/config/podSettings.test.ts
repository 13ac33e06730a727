import { beforeStack, changeImage, load, problems } from "./load";

beforeAll(beforeStack);

const of = (application: Record<string, unknown>) => changeImage({ application });
const key = "multiarch:images[0].application";

describe("an application's pod", () => {
    it("takes every kind of probe, volume and source of variables, and keeps what is said of them", () => {
        const given = {
            envFrom: [{ configMap: "defaults" }, { secret: "database", prefix: "DB_" }],
            restart: "again-1",
            volumes: [
                { name: "tmp", path: "/tmp", emptyDir: { sizeLimit: "1Gi" } },
                { name: "rules", path: "/etc/rules", configMap: "rules" },
                { name: "tls", path: "/etc/tls", secret: "api-tls" },
                { name: "data", path: "/data", claim: "api-data", readOnly: true },
            ],
        };

        const { application } = load(of({ ...given, probe: { type: "tcp" } })).images[0] ?? {};

        expect(application).toMatchObject({ ...given, probe: { type: "tcp", port: 8091 } });
    });

    it("need not listen where it is asked by a command", () => {
        const stack = of({
            ports: [{ name: "http", port: 80 }],
            probe: { type: "exec", command: ["/bin/check"] },
        });

        expect(load(stack).images[0]?.application?.probe).toMatchObject({
            type: "exec",
            command: ["/bin/check"],
        });
    });

    it.each<[string, Record<string, unknown>, string]>([
        [
            "a probe of a kind that there is not",
            { probe: { type: "udp" } },
            `${key}.probe.type is "udp": expected one of http, tcp, grpc, exec`,
        ],
        [
            "a probe by a command that is not said",
            { probe: { type: "exec" } },
            `${key}.probe.command is not set: expected a program and its arguments with type exec, and none with another`,
        ],
        [
            "a command of a probe by TCP",
            { probe: { type: "tcp", command: ["/bin/check"] } },
            `${key}.probe.command is a list of 1: expected a program and its arguments with type exec, and none with another`,
        ],
        [
            "a command without a program",
            { probe: { type: "exec", command: [] } },
            `${key}.probe.command is empty: expected a program and its arguments`,
        ],
        [
            "a service of a probe by HTTP",
            { probe: { service: "shop.Orders" } },
            `${key}.probe.service is "shop.Orders": expected none, as type is not grpc`,
        ],
        [
            "a probe by TCP of a port that is not there",
            { probe: { type: "tcp", port: 81 } },
            `${key}.probe.port is 81: expected one of the application's ports, 8091, 9090; the default is 8091`,
        ],
        [
            "a volume of nothing",
            { volumes: [{ name: "tmp", path: "/tmp" }] },
            `${key}.volumes[0] is a section: expected exactly one of emptyDir, configMap, secret, claim`,
        ],
        [
            "a volume of two things",
            { volumes: [{ name: "tmp", path: "/tmp", emptyDir: {}, claim: "data" }] },
            `${key}.volumes[0] is a section: expected exactly one of emptyDir, configMap, secret, claim`,
        ],
        [
            "two volumes of one name",
            {
                volumes: [
                    { name: "a", path: "/a", emptyDir: {} },
                    { name: "a", path: "/b", emptyDir: {} },
                ],
            },
            `${key}.volumes[1].name is "a": expected volumes that differ, and this is the same as [0]`,
        ],
        [
            "two volumes on one path",
            {
                volumes: [
                    { name: "a", path: "/a", emptyDir: {} },
                    { name: "b", path: "/a", emptyDir: {} },
                ],
            },
            `${key}.volumes[1].path is "/a": expected another path than that of volumes[0]`,
        ],
        [
            "a volume on the folder of the configuration file",
            {
                configFile: { path: "/etc/api/config.yaml", content: "a: 1" },
                volumes: [{ name: "a", path: "/etc/api", emptyDir: {} }],
            },
            `${key}.volumes[0].path is "/etc/api": expected another path than the folder of configFile`,
        ],
        ...[
            "/proc",
            "/sys/fs",
            "/dev/shm",
            "/var/run/secrets/x",
            "/",
            "tmp",
            "/a/../b",
            "/a:b",
        ].map((path): [string, Record<string, unknown>, string] => [
            `a volume on ${path}, which is reserved or no path`,
            { volumes: [{ name: "a", path, emptyDir: {} }] },
            `${key}.volumes[0].path is ${JSON.stringify(path)}: expected an absolute path without "..", ":" and a "/" at its end, outside of /proc, /sys, /dev, /var/run/secrets, /run/secrets`,
        ]),
        [
            "the volume name that the configuration file has",
            { volumes: [{ name: "config", path: "/a", emptyDir: {} }] },
            `${key}.volumes[0].name is "config": expected another name than config, which is that of configFile`,
        ],
        [
            "a ConfigMap that is said to be read",
            { volumes: [{ name: "a", path: "/a", configMap: "a", readOnly: true }] },
            `${key}.volumes[0].readOnly is true: expected none, as it is for a claim alone`,
        ],
        [
            "half a byte",
            { volumes: [{ name: "a", path: "/a", emptyDir: { sizeLimit: "500m" } }] },
            `${key}.volumes[0].emptyDir.sizeLimit is "500m": expected an amount of whole bytes, such as "512Mi"; "m" is a thousandth`,
        ],
        [
            "variables from nothing",
            { envFrom: [{ prefix: "A_" }] },
            `${key}.envFrom[0] is a section: expected either configMap or secret`,
        ],
        [
            "variables from two things",
            { envFrom: [{ configMap: "a", secret: "b" }] },
            `${key}.envFrom[0] is a section: expected either configMap or secret`,
        ],
        [
            "a restart that is no word",
            { restart: "at noon" },
            `${key}.restart is "at noon": expected a word of at most 64 letters, digits, ".", "_" and "-"`,
        ],
    ])("refuses %s", (_, application, expected) => {
        expect(problems(of(application))).toEqual([expected]);
    });
});
