import { type Component, ensureComponent, tail } from "./component";
import { apiserver, controllerManager, etcd, proxy, scheduler } from "./cluster/controlPlane";
import { containerd, kubelet } from "./cluster/node";
import { announceOpenshift, applyObjects, openshiftIsServed } from "./cluster/objects";
import {
    clusterPolicyController,
    openshiftApiserver,
    openshiftControllerManager,
    registry,
} from "./cluster/openshift";
import { gitHttpsServer, gitServer, nameServer, quayRegistry } from "./cluster/outside";
import { linkPrograms } from "./exec";
import { createRepository, fixtureName } from "./fixture";
import { ensureEmulation } from "./host/emulation";
import { ensurePackages } from "./host/packages";
import { pushBase } from "./images/base";
import { loadImages, prepareBusybox, prepareRoot } from "./images/load";
import { withLock } from "./lock";
import { ensureNamespaces } from "./namespaces";
import { ensurePki } from "./pki";
import { whyNot } from "./preflight";
import { say, secondsSince, step, until } from "./progress";
import { controllersWork, nodesAreReady } from "./readiness";
import { ensureRegctl } from "./regctl";
import { type Architecture, architectures } from "./settings";
import { stopStrays } from "./strays";
import { toolchainFolder } from "./toolchain";

/** Brings up what of the sandbox is not up, and leaves the rest alone. */
export async function up(): Promise<void> {
    const start = Date.now();
    const reason = await whyNot();
    if (reason !== undefined) {
        throw new Error(reason);
    }
    await withLock(async () => {
        const toolchain = toolchainFolder();
        await ensurePackages();
        await ensureEmulation();
        if (await ensureNamespaces()) {
            // What ran in namespaces before these can reach nothing any more.
            await stopStrays();
            say("namespaces made");
        }
        await ensurePki();
        await ensureCluster(toolchain);
    });
    say(`the sandbox is up (${secondsSince(start)} s in all)`);
}

/** Starts everything as soon as what it needs is there. */
async function ensureCluster(toolchain: string): Promise<void> {
    const control = (async () => {
        await ensure(etcd(toolchain));
        await ensure(apiserver(toolchain));
    })();
    const runtimes = byArchitecture((it) => ensure(containerd(toolchain, it)));
    const objects = control.then(() => step("objects applied", () => applyObjects(toolchain)));
    const openshift = (async () => {
        await control;
        await ensure(openshiftApiserver(toolchain));
        await objects;
        if (!(await openshiftIsServed())) {
            await step("OpenShift's APIs served", () => announceOpenshift(toolchain));
        }
    })();
    // The controllers are slow to start and patient: they need not wait for their API.
    const controllers = (async () => {
        await objects;
        const started = await ensure(openshiftControllerManager(toolchain));
        await openshift;
        if (started) {
            await step("OpenShift's controllers work", controllersWork);
        }
    })();
    const nodes = byArchitecture(async (it) => {
        await Promise.all([control, runtimes[it]]);
        await ensure(kubelet(toolchain, it));
    });
    await Promise.all([
        control,
        objects,
        openshift,
        controllers,
        ...Object.values(runtimes),
        ...Object.values(nodes),
        // It looks at all APIs when it starts: one that is not served yet makes its garbage collector
        // wait for a minute.
        openshift.then(() => ensure(controllerManager(toolchain))),
        control.then(() => ensure(scheduler(toolchain))),
        control.then(() => ensure(proxy(toolchain))),
        control.then(() => ensure(registry(toolchain))),
        objects.then(() => ensure(clusterPolicyController(toolchain))),
        ensure(nameServer()),
        createRepository(fixtureName).then(() => ensure(gitServer())),
        ensure(gitHttpsServer()),
        ensureImages(toolchain, runtimes, ensure(quayRegistry())),
    ]);
    await step("nodes ready", () =>
        until({
            what: "the nodes",
            seconds: 60,
            holds: nodesAreReady,
            why: () => architectures.map((it) => tail(`kubelet-${it}`)).join("\n"),
        }),
    );
}

/** Fills the nodes and the stand-in for quay.io. */
async function ensureImages(
    toolchain: string,
    runtimes: Record<Architecture, Promise<unknown>>,
    quay: Promise<unknown>,
): Promise<void> {
    const regctl = byArchitecture((it) => ensureRegctl(toolchain, it));
    const busyboxes = byArchitecture(prepareBusybox);
    const root = prepareRoot(toolchain);
    const nodes = architectures.map(async (it) => {
        const native = await busyboxes.amd64;
        const own = { busybox: await busyboxes[it], regctl: await regctl[it] };
        const ingredients = { ...(await root), ...own };
        await runtimes[it];
        await step(`images in node-${it}`, () => loadImages(toolchain, it, ingredients, native));
    });
    const base = (async () => {
        const busybox = { amd64: await busyboxes.amd64, arm64: await busyboxes.arm64 };
        linkPrograms(toolchain, await regctl.amd64);
        await quay;
        await step("base image in quay", async () => pushBase(await regctl.amd64, busybox));
    })();
    await Promise.all([
        ...Object.values(regctl),
        ...Object.values(busyboxes),
        ...[root, ...nodes, base],
    ]);
}

async function ensure(component: Component): Promise<boolean> {
    const start = Date.now();
    const started = await ensureComponent(component);
    if (started) {
        say(`${component.name} (${secondsSince(start)} s)`);
    }
    return started;
}

/** Starts the same work for each architecture. */
function byArchitecture<T>(
    work: (architecture: Architecture) => Promise<T>,
): Record<Architecture, Promise<T>> {
    return { amd64: work("amd64"), arm64: work("arm64") };
}
