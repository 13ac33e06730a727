/** Arguments of the words below, built-in ones among them. */
export const values = {
    T: "1",
    D: "dd",
    TT: "a-b-c",
    TARGETPLATFORM: "linux/arm64",
    BUILDARCH: "arm64",
};

/** Words of FROM after `ARG T=1`, `ARG M`, `ARG D=dd`, `ARG TT=a-b-c`, and what imagebuilder 1.2.22 makes of them. */
export const words: [string, string][] = [
    ["base", "base"],
    ['base:"${T}"', "base:1"],
    ['"base:$T"', "base:1"],
    ['"base":"$T"', "base:1"],
    ["'P'", "P"],
    ["'$T'x", "$Tx"],
    ["a'b'c", "abc"],
    ["base\\:$T", "base:1"],
    ["${M:-${D}}", "dd"],
    ["${M:-a-${T}-b}", "a-1-b"],
    ["${M:-${N:-${D}}}", "dd"],
    ['base:${M:-"q"}', "base:q"],
    ["base:${T:+y}", "base:y"],
    ["base${M:+y}", "base"],
    ["base:${T:?no}", "base:1"],
    ["base:${TARGETPLATFORM#linux/}", "base:arm64"],
    ["base:${TT#*-}", "base:b-c"],
    ["base:${TT##*-}", "base:c"],
    ["base:${TT%-*}", "base:a-b"],
    ["base:${TT%%-*}", "base:a"],
    ["base:${TT%?c}", "base:a-b"],
    ["base:${TT#x}", "base:a-b-c"],
    ["base:${TT/-/_}", "base:a_b-c"],
    ["base:${TT//-/_}", "base:a_b_c"],
    ["base-${BUILDARCH}", "base-arm64"],
    ["a$M", "a"],
];
