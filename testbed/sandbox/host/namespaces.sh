#!/bin/sh
# Makes or removes the network and mount namespaces that the sandbox lives in. Both are held by a
# mount, not by a process, so that they outlive a kill of everything in them.
#
# namespaces.sh make NAME RUN STATE ETC ADDRESS...
# namespaces.sh remove NAME RUN
set -eu

make() {
    name=$1 run=$2 state=$3 etc=$4
    shift 4
    ip netns add "$name"
    mkdir -p "$run/namespaces" "$state"
    # The kernel lets a mount namespace be kept only on a mount that does not propagate.
    mount --bind "$run/namespaces" "$run/namespaces"
    mount --make-private "$run/namespaces"
    touch "$run/namespaces/mount"
    nsenter --net="/run/netns/$name" unshare --mount="$run/namespaces/mount" --propagation slave \
        sh "$0" inside "$run" "$state" "$etc" "$@"
}

inside() {
    run=$1 state=$2 etc=$3
    shift 3
    mount --bind "$etc/hosts" /etc/hosts
    mount --bind "$etc/resolv.conf" /etc/resolv.conf
    # A sysfs of this network namespace, with the machine's cgroups in it.
    mkdir -p "$run/cgroup"
    mount --rbind /sys/fs/cgroup "$run/cgroup"
    mount -t sysfs sysfs /sys
    mount --rbind "$run/cgroup" /sys/fs/cgroup
    umount -l "$run/cgroup"
    # A mount that only the sandbox has: "down" knows the sandbox's processes by it.
    mount --bind "$state" "$state"
    # The kubelets have paths below /var/lib/kubelet that no option changes, and build pods mount
    # config.json, the node's pull secret, from there.
    mkdir -p /var/lib/kubelet "$state/kubelet/device-plugins"
    [ -e "$state/kubelet/config.json" ] || echo '{}' >"$state/kubelet/config.json"
    mount --bind "$state/kubelet" /var/lib/kubelet
    mount --make-rshared /
    # Each kubelet puts a folder of its own over device-plugins, see kubelet.sh.
    mount --make-private /var/lib/kubelet

    ip link set lo up
    ip link add sandbox0 type bridge
    for address in "$@"; do
        ip address add "$address/24" dev sandbox0
    done
    ip link set sandbox0 up
    # Nothing lies beyond the bridge: the namespace has no way out.
    ip route add default dev sandbox0
    echo 1 >/proc/sys/net/ipv4/ip_forward
    if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then
        echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
    fi
}

remove() {
    name=$1 run=$2
    while mountpoint -q "$run/namespaces/mount"; do umount -l "$run/namespaces/mount"; done
    while mountpoint -q "$run/namespaces"; do umount -l "$run/namespaces"; done
    rm -rf "$run/namespaces"
    ip netns delete "$name" 2>/dev/null || true
    # After a restart of the machine a plain file may be left in place of the namespace.
    rm -f "/run/netns/$name"
}

verb=$1
shift
"$verb" "$@"
