/** The service's Dockerfile on a base image of the test's choice. */
export function dockerfile(base: string): string {
    return `FROM ${base}
ARG GOOS
ARG GOARCH
COPY service/ /service/
COPY VERSION /service/VERSION
RUN echo "context-api" >/service/name && echo "$GOOS/$GOARCH" >/service/platform && uname -m >/service/machine
USER 1001
ENTRYPOINT ["/bin/sh", "/service/main.sh"]
`;
}

/** The same with a step that takes so many seconds, whatever the machine has to do. */
export function slowDockerfile(seconds: number): string {
    return dockerfile("quay.io/sandbox/base:latest").replace("USER", `RUN sleep ${seconds}\nUSER`);
}
