import { architectures } from "./settings";

/** Names of all components, in the order in which `status` lists them. */
export const componentNames: readonly string[] = [
    ...["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"],
    ...["openshift-apiserver", "openshift-controller-manager", "cluster-policy-controller"],
    ...["registry", "quay", "git", "git-https", "dns"],
    ...architectures.flatMap((it) => [`containerd-${it}`, `kubelet-${it}`]),
];
