/*
 * A stand-in for regctl 0.11.7, as far as the publisher's program calls it: the same words, over HTTP with a registry of this
 * machine. REGCTL names the real one, which the tests take instead where it is set.
 */
"use strict";

const fs = require("node:fs");

const ACCEPT = [
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
].join(", ");

/** HOST/REPOSITORY with a tag or a digest. */
function reference(text) {
    const [, host, repository, tag, digest] =
        /^([^/]+)\/([^@]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text);
    return { host, repository, name: digest ?? tag };
}

function authorization(host) {
    const kept = process.env.REGCTL_CONFIG ?? "";
    const logins = fs.existsSync(kept) ? JSON.parse(fs.readFileSync(kept, "utf8")) : {};
    const file = `${process.env.DOCKER_CONFIG}/config.json`;
    const docker = JSON.parse(fs.readFileSync(file, "utf8")).auths?.[host]?.auth;
    const auth = logins[host] ?? docker;
    return auth === undefined ? {} : { authorization: `Basic ${auth}` };
}

async function ask({ host, repository }, path, options = {}) {
    const headers = { accept: ACCEPT, ...authorization(host), ...options.headers };
    const response = await fetch(`http://${host}/v2/${repository}/${path}`, {
        ...options,
        headers,
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (!response.ok) {
        throw new Error(`request failed: [http ${response.status}]: ${bytes.toString()}`);
    }
    return { bytes, headers: response.headers };
}

async function has(at, path) {
    return ask(at, path, { method: "HEAD" }).then(
        () => true,
        () => false,
    );
}

async function putBlob(at, bytes, digest) {
    const { headers } = await ask(at, "blobs/uploads/", { method: "POST" });
    const name = headers.get("location").split("/").at(-1);
    await ask(at, `blobs/uploads/${name}?digest=${digest}`, { method: "PUT", body: bytes });
}

function digestOf(bytes) {
    return `sha256:${require("node:crypto").createHash("sha256").update(bytes).digest("hex")}`;
}

async function putManifest(at, name, { bytes, headers }) {
    const type = headers.get("content-type");
    await ask(at, `manifests/${name}`, {
        method: "PUT",
        body: bytes,
        headers: { "content-type": type },
    });
}

async function copy(from, to) {
    const manifest = await ask(from, `manifests/${from.name}`);
    const { config, layers = [], manifests = [] } = JSON.parse(manifest.bytes.toString());
    for (const { digest } of manifests) {
        if (!(await has(to, `manifests/${digest}`))) {
            await copy({ ...from, name: digest }, { ...to, name: digest });
        }
    }
    for (const { digest } of [config, ...layers].filter(Boolean)) {
        if (!(await has(to, `blobs/${digest}`))) {
            await putBlob(to, (await ask(from, `blobs/${digest}`)).bytes, digest);
        }
    }
    await putManifest(to, to.name, manifest);
}

async function createIndex(at, mediaType, digests) {
    const manifests = [];
    for (const digest of digests) {
        const { bytes, headers } = await ask(at, `manifests/${digest}`);
        const { config } = JSON.parse(bytes.toString());
        const { architecture, os } = JSON.parse(
            (await ask(at, `blobs/${config.digest}`)).bytes.toString(),
        );
        const type = headers.get("content-type");
        manifests.push({
            mediaType: type,
            digest,
            size: bytes.length,
            platform: { architecture, os },
        });
    }
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
    const digest = digestOf(bytes);
    await putManifest(at, digest, { bytes, headers: new Headers({ "content-type": mediaType }) });
    return digest;
}

async function main([noun, verb, ...words]) {
    const option = (name) =>
        words.flatMap((word, index) => (word === name ? [words[index + 1]] : []));
    switch (`${noun} ${verb}`) {
        case "registry set":
            return "";
        case "registry login": {
            const [host] = words;
            const [user] = option("-u");
            const auth = Buffer.from(`${user}:${fs.readFileSync(0, "utf8").trim()}`).toString(
                "base64",
            );
            fs.writeFileSync(process.env.REGCTL_CONFIG, JSON.stringify({ [host]: auth }));
            return "";
        }
        case "manifest head": {
            const at = reference(words[0]);
            const { headers } = await ask(at, `manifests/${at.name}`, { method: "HEAD" });
            return `${headers.get("docker-content-digest")}\n`;
        }
        case "manifest get": {
            const at = reference(words[0]);
            return (await ask(at, `manifests/${at.name}`)).bytes;
        }
        case "blob get":
            return (await ask(reference(words[0]), `blobs/${words[1]}`)).bytes;
        case "blob put": {
            const bytes = fs.readFileSync(0);
            await putBlob(reference(words[0]), bytes, digestOf(bytes));
            return "";
        }
        case "image copy": {
            const [from, to] = words.filter((word) => !word.startsWith("--"));
            await copy(reference(from), reference(to));
            return "";
        }
        case "index create":
            return createIndex(reference(words[0]), option("--media-type")[0], option("--digest"));
        default:
            throw new Error(`the stand-in for regctl does not know: ${noun} ${verb}`);
    }
}

main(process.argv.slice(2)).then(
    (out) => {
        process.stdout.write(out);
    },
    (error) => {
        process.stderr.write(`${error.message}\n`);
        process.exitCode = 1;
    },
);
