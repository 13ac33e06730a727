/** Texts are bundled as they are, see launch.cjs. */
declare module "*.md" {
    const text: string;
    export default text;
}

declare module "*.sh" {
    const text: string;
    export default text;
}
