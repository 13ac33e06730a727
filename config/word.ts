import { text } from "./fields";

/** Any word: a new one does again what was done. */
export const word = text(
    'a word of at most 64 letters, digits, ".", "_" and "-"',
    /^[A-Za-z0-9._-]{1,64}$/,
);
