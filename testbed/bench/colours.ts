// Colours that colour-blind people can tell apart (Okabe and Ito, and greys).
/** Colour of each side. */
export const sides = { seed: "#e69f00", program: "#0072b2", floor: "#999999", bare: "#999999" };
/** Colour of each stage. */
export const stages: Readonly<Record<string, string>> = {
    start: "#777777",
    end: "#777777",
    "starting, waiting": "#cccccc",
    FetchInputs: "#56b4e9",
    PullImages: "#e69f00",
    Build: "#0072b2",
    PostCommit: "#f0e442",
    PushImage: "#009e73",
    ending: "#aaaaaa",
    copy: "#cc79a7",
    "list and tags": "#882255",
    "Job's start": "#cccccc",
    "log in": "#ddaadd",
    pull: "#e69f00",
    join: "#f0e442",
    push: "#cc79a7",
    "push again": "#882255",
    "Job's end": "#bbbbbb",
    "whole build": "#004466",
    blobs: "#cc79a7",
    rollout: "#d55e00",
};
