/** The repository that the rehearsal builds: a service, and a Dockerfile as the guide has it (docker/context-api.Dockerfile). */
export const exampleFiles: Readonly<Record<string, string>> = {
    "docker/context-api.Dockerfile": [
        "FROM golang:1.26 AS build",
        "ARG GOOS=linux",
        "ARG GOARCH",
        "WORKDIR /src",
        "COPY . .",
        "RUN CGO_ENABLED=0 GOOS=${GOOS} GOARCH=${GOARCH} go build -o /out/context-api .",
        "FROM scratch",
        "COPY --from=build /out/context-api /app/context-api",
        "COPY config/ /etc/context-api/",
        "USER 1001",
        "EXPOSE 8091",
        'ENTRYPOINT ["/app/context-api"]',
        "",
    ].join("\n"),
    "go.mod": "module example.com/context-api\n\ngo 1.26\n",
    "main.go": [
        "package main",
        "",
        'import "net/http"',
        "",
        "// Answers on the port that the guide names.",
        "func main() {",
        '\thttp.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) })',
        '\thttp.ListenAndServe(":8091", nil)',
        "}",
        "",
    ].join("\n"),
    "config/config.yaml": "server: { port: 8091 }\n",
};

/** Where the rehearsed stack finds what it works with. */
export interface ExamplePlaces {
    readonly gitUrl: string;
    /** Hosts of the two registries. */
    readonly published: string;
    readonly internal: string;
    /** Path of the simulated cluster's kubeconfig. */
    readonly kubeconfig: string;
}

/** The configuration of the rehearsed stack: the guide's service, at these places. */
export function exampleConfig(places: ExamplePlaces): Record<string, string> {
    const settings = {
        namespace: { name: "kubernaut-system" },
        git: { url: places.gitUrl, ref: "main" },
        registry: { server: places.published, username: "robot" },
        publisher: { internalRegistry: places.internal },
        kubernetes: { kubeconfig: places.kubeconfig },
        images: [
            {
                name: "context-api",
                dockerfilePath: "docker/context-api.Dockerfile",
                destination: `${places.published}/example/context-api`,
                tags: ["latest", "v0.1.0"],
                application: { partOf: "kubernaut", replicas: 2 },
            },
        ],
    };
    return Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`multiarch:${key}`, JSON.stringify(value)]),
    );
}
