/*
 * The least that a Pulumi program can be: COUNT plain ConfigMaps in one namespace, in JavaScript that needs no
 * compiling. The bench compares an update without changes with this one's.
 */
"use strict";

const k8s = require("@pulumi/kubernetes");

const { COUNT = "1", NAMESPACE = "default" } = process.env;

for (let at = 0; at < Number(COUNT); at++) {
    const name = `bare-${at}`;
    new k8s.core.v1.ConfigMap(name, {
        metadata: { name, namespace: NAMESPACE },
        data: { key: "value" },
    });
}
