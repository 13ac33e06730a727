import settings from "./policy-config.json";
import { policies } from "./pack";
import { PolicyPack, type PolicyPackConfig } from "./sdk";

new PolicyPack("multiarch", { policies }, settings as PolicyPackConfig);
