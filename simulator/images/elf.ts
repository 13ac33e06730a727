/** Architectures by their names in images, with their ELF machines and whether the low byte comes first. Source: elf.h. */
const MACHINES = {
    amd64: { machine: 0x3e, little: true },
    arm64: { machine: 0xb7, little: true },
    ppc64le: { machine: 0x15, little: true },
    s390x: { machine: 0x16, little: false },
} as const;

/** What an ELF file needs beside itself. */
export interface ElfNeeds {
    /** Path of its loader (PT_INTERP). @default none: a static program */
    readonly loader?: string;
    /** Names of its libraries (DT_NEEDED). @default none */
    readonly libraries?: readonly string[];
}

/**
 * A small file with the header of a 64-bit ELF program of an architecture. Its loader's and libraries' names stand in it as texts;
 * there is no code in it, and no kernel would run it.
 */
export function elf(architecture: keyof typeof MACHINES, needs: ElfNeeds = {}): Buffer {
    const { machine, little } = MACHINES[architecture];
    const header = Buffer.alloc(64);
    header.write("\u007fELF", 0, "latin1");
    header[4] = 2;
    header[5] = little ? 1 : 2;
    header[6] = 1;
    const half = (value: number, offset: number) =>
        little ? header.writeUInt16LE(value, offset) : header.writeUInt16BE(value, offset);
    half(2, 16);
    half(machine, 18);
    half(64, 52);
    const texts = [needs.loader, ...(needs.libraries ?? [])].filter((it) => it !== undefined);
    return Buffer.concat([header, Buffer.from(texts.map((text) => `${text}\0`).join(""))]);
}
