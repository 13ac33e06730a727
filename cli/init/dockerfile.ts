import { DockerfileParser } from "dockerfile-ast";

/**
 * Ports that a Dockerfile EXPOSEs as numbers for TCP, each once, in its order. Those written with a variable are left out: what
 * it stands for is known to the build alone.
 */
export function exposedPorts(dockerfile: string): number[] {
    const words = DockerfileParser.parse(dockerfile)
        .getInstructions()
        .filter((instruction) => instruction.getKeyword() === "EXPOSE")
        .flatMap((instruction) => (instruction.getArgumentsContent() ?? "").split(/\s+/));
    const ports = words.flatMap((word) => {
        const [, port] = /^(\d{1,5})(?:\/tcp)?$/i.exec(word) ?? [];
        return port === undefined ? [] : [Number(port)];
    });
    return [...new Set(ports)].filter((port) => port >= 1 && port <= 65535);
}
