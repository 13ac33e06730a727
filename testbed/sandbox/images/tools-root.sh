#!/bin/sh
# tools-root.sh TOOLCHAIN OUT: makes the folder OUT, which appears only when it is whole: root.tar,
# the root file system of the image that is both OpenShift's builder and buildah, from Debian
# packages; and digest, that archive's. Its programs are the host's on both nodes, as those of a real
# node are its own: git alone, emulated, took as long as all of a build's own instructions.
set -eu
toolchain=$1 out=$2
packages=git,buildah,skopeo,netavark,ca-certificates,coreutils,bash,tar,gzip,findutils,grep,sed
packages=$packages,util-linux,procps,base-files,base-passwd,netbase,iproute2,curl,jq
content=$toolchain/manifests/builder-imagecontent
new=$out.new
root=$new/root
trap 'rm -rf "$new"' EXIT
trap 'exit 1' INT TERM

rm -rf "$new"
mkdir -p "$root"
mmdebstrap --quiet --variant=extract --architectures=amd64 --include="$packages" \
    bookworm - | tar -x -C "$root" --exclude='./dev/*'
cd "$root"
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/info usr/share/bash-completion
ln -sf bash bin/sh
mkdir -p dev etc/containers usr/share/containers var/lib/shared/overlay-images \
    var/lib/shared/overlay-layers var/cache/blobs etc/pki/tls/certs etc/ssl/certs \
    etc/docker/certs.d etc/pki/ca-trust/source/anchors home/build
chmod 1777 tmp
touch var/lib/shared/overlay-images/images.lock var/lib/shared/overlay-layers/layers.lock
cat >etc/passwd <<'END'
root:x:0:0:root:/root:/bin/bash
build:x:1000:1000:build:/home/build:/bin/bash
END
printf 'root:x:0:\nbuild:x:1000:\n' >etc/group
printf 'root:100000:65536\nbuild:100000:65536\n' >etc/subuid
cp etc/subuid etc/subgid
chown 1000:1000 home/build
cp "$content"/etc/containers/* etc/containers/
cp "$content"/usr/share/containers/* usr/share/containers/
cp "$content"/bin/entrypoint.sh usr/bin/
printf '#!/bin/sh\nexit 0\n' >usr/bin/update-ca-trust
cp "$toolchain/bin/openshift-builder" "$toolchain/bin/runc" usr/bin/
chmod +x usr/bin/update-ca-trust usr/bin/entrypoint.sh usr/bin/openshift-builder usr/bin/runc
for link in sti-build docker-build git-clone manage-dockerfile extract-image-content; do
    ln -sf /usr/bin/openshift-builder "usr/bin/openshift-$link"
done

tar --numeric-owner --sort=name --mtime=@0 -cf "$new/root.tar" .
printf 'sha256:%s' "$(sha256sum "$new/root.tar" | cut -d' ' -f1)" >"$new/digest"
cd /
rm -rf "$root"
mv "$new" "$out"
