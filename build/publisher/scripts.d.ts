/** Shell scripts are bundled as text, see launch.cjs. */
declare module "*.sh" {
    const text: string;
    export default text;
}
