import { generateKeyPairSync, randomBytes } from "node:crypto";

import forge from "node-forge";

/** A server's key and its certificate, which is its own authority. */
export interface Certificate {
    /** PEM. */
    readonly key: string;
    /** PEM. */
    readonly certificate: string;
}

const DAY = 86_400_000;

/** Makes a certificate for this machine's own addresses, good for a day from yesterday on. */
export function makeCertificate(): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
        publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
    // Positive, and another one each time: clients keep certificates apart by it.
    certificate.serialNumber = `01${randomBytes(8).toString("hex")}`;
    certificate.validity.notBefore = new Date(Date.now() - DAY);
    certificate.validity.notAfter = new Date(Date.now() + DAY);
    const name = [{ name: "commonName", value: "simulated-openshift" }];
    certificate.setSubject(name);
    certificate.setIssuer(name);
    certificate.setExtensions([
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, digitalSignature: true, keyEncipherment: true },
        { name: "extKeyUsage", serverAuth: true },
        {
            name: "subjectAltName",
            altNames: [
                { type: 2, value: "localhost" },
                { type: 7, ip: "127.0.0.1" },
            ],
        },
    ]);
    certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
    return { key: privateKey, certificate: forge.pki.certificateToPem(certificate) };
}
