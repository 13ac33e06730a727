// A file name has none of these; base64 of `apiVersion` and of `{"` is how people pack a kubeconfig into one line.
const TEXT =
    /[\n{]|(?:^|[\s,"'])(?:apiVersion|clusters|contexts|users)["']?\s*:|^\s*(?:YXBpVmVyc2lvb|eyJ)/;

/** Whether a value is the text of a kubeconfig, which holds secrets, and not the path of one. */
export function isKubeconfigText(value: string): boolean {
    return TEXT.test(value);
}
