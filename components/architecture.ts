/**
 * CPU architectures that OpenShift runs on, as Kubernetes and container images name them (`GOARCH`).
 *
 * Source: the architectures of OpenShift's multi payload, docs.openshift.com "Multi-architecture compute machines".
 */
export const ARCHITECTURES = ["amd64", "arm64", "ppc64le", "s390x"] as const;

/** One of {@link ARCHITECTURES}. */
export type Architecture = (typeof ARCHITECTURES)[number];
