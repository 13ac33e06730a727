/* What Pulumi starts (`main` in package.json): the pack, without the type check of Pulumi's ts-node at each preview. */
"use strict";

require("tsx/cjs");
require("./index.ts");
