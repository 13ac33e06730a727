#!/bin/sh
# What is in an image, after common.sh: that what it starts is for the architecture that its label says. OpenShift's builder
# stamps an image with its node's architecture, whatever its base holds.
#
# The tool's own text gives two functions: get_manifest DIGEST and get_blob DIGEST OF_IMAGE, both to stdout. Layers are read as
# they come and never kept, so that an image may be larger than the scratch space.
#
# Set by the Job, if at all: CONTENTS_ALLOW (paths that may be for any architecture, one word each), CONTENTS_STRICT.
# shellcheck disable=SC2154,SC2034 # variables of common.sh
# Seconds that one image may take to be looked into.
contents_limit=600

# machine_of ARCHITECTURE: its ELF machine (e_machine, elf.h) in hexadecimal; nothing for one that is not known here.
machine_of() {
    case $1 in amd64) echo 3e ;; arm64) echo b7 ;; ppc64le) echo 15 ;; s390x) echo 16 ;; esac
}

# architecture_of MACHINE: the name of an ELF machine.
architecture_of() {
    case $1 in 3e) echo amd64 ;; b7) echo arm64 ;; 15) echo ppc64le ;; 16) echo s390x ;; 03) echo 386 ;; 28) echo arm ;; f3) echo riscv64 ;; *) echo "an unknown architecture" ;; esac
}

# flatten <JSON: a line for each value: its path, a tab, the value; line breaks in texts become blanks.
flatten() {
    awk '
    BEGIN { RS = "\001" }
    { s = s $0 }
    END { p = 1; value("") }
    function blank() { while (index(" \t\r\n", substr(s, p, 1)) && p <= length(s)) p++ }
    function text(  out, c) {
        out = ""; p++
        while ((c = substr(s, p, 1)) != "\"" && p <= length(s)) {
            if (c == "\\") {
                p++; c = substr(s, p, 1)
                if (c == "u") { p += 4; c = "?" } else if (index("nrtbf", c)) c = " "
            }
            out = out c; p++
        }
        p++
        return out
    }
    function value(path,  c, key, n, start) {
        blank(); c = substr(s, p, 1)
        if (c == "{") {
            p++; blank()
            while (substr(s, p, 1) != "}" && p <= length(s)) {
                blank(); key = text(); blank(); p++
                value(path "/" key); blank()
                if (substr(s, p, 1) == ",") p++
                blank()
            }
            p++
        } else if (c == "[") {
            p++; blank(); n = 0
            while (substr(s, p, 1) != "]" && p <= length(s)) {
                value(path "/" n++); blank()
                if (substr(s, p, 1) == ",") p++
                blank()
            }
            p++
        } else if (c == "\"") print path "\t" text()
        else {
            start = p
            while (!index(",]} \t\r\n", substr(s, p, 1)) && p <= length(s)) p++
            print path "\t" substr(s, start, p - start)
        }
    }'
}

# layer INDEX: one layer, unpacked, as a tar stream.
layer() {
    digest=$(sed -n "$(($1 + 1))p" "$look/layers" | cut -d' ' -f1)
    kind=$(sed -n "$(($1 + 1))p" "$look/layers" | cut -d' ' -f2)
    case $kind in
    *zstd) get_blob "$digest" "$image" | zstd -dc ;;
    *gzip) get_blob "$digest" "$image" | gzip -dc ;;
    *) get_blob "$digest" "$image" ;;
    esac
}

# index_layers: one line for each file of the whole image: path, type, layer, what it links to; split by tabs. Layers cover what
# is below them, whiteouts take it away (github.com/opencontainers/image-spec, layer.md).
index_layers() {
    count=$(wc -l <"$look/layers")
    number=0
    while [ "$number" -lt "$count" ]; do
        echo "layer $number"
        layer "$number" | tar -tvf - || touch "$look/unread"
        number=$((number + 1))
    done | awk '
    BEGIN { OFS = "\t" }
    /^layer [0-9]+$/ { now = $2; next }
    {
        type = substr($1, 1, 1)
        line = $0
        for (i = 0; i < 5; i++) sub(/^[ ]*[^ ]+[ ]+/, "", line)
        to = ""
        if (type == "h" && (at = index(line, " link to "))) { to = substr(line, at + 9); line = substr(line, 1, at - 1) }
        else if ((at = index(line, " -> "))) { to = substr(line, at + 4); line = substr(line, 1, at - 1); if (type == "-") type = "h" }
        sub(/^(\.\/)+/, "", line); sub(/^\/+/, "", line); sub(/\/+$/, "", line)
        if (line == "" || line == ".") next
        name = line; sub(/.*\//, "", name)
        folder = substr(line, 1, length(line) - length(name))
        if (name == ".wh..wh..opq") { below(folder); next }
        if (substr(name, 1, 4) == ".wh.") { gone = folder substr(name, 5); if (where[gone] < now) delete kind[gone]; below(gone "/"); next }
        if (type != "d" && kind[line] == "d") below(line "/")
        if (type == "h") { sub(/^(\.\/)+/, "", to); sub(/^\/+/, "", to) }
        kind[line] = type; where[line] = now; link[line] = to
    }
    # What lower layers have in a folder.
    function below(folder,  path) {
        for (path in kind) if (index(path, folder) == 1 && where[path] < now) delete kind[path]
    }
    END { for (path in kind) if (kind[path] != "") print path, kind[path], where[path], link[path] }'
}

# find_files <PATHS: for each path that is a file of the image, links followed, folders on its way too: the path, the layer that it is in,
# the name that it has there; split by tabs.
find_files() {
    awk -F '\t' -v index_file="$look/index" '
    BEGIN { OFS = "\t"; while ((getline line < index_file) > 0) { split(line, f, "\t"); kind[f[1]] = f[2]; where[f[1]] = f[3]; link[f[1]] = f[4] } }
    {
        rest = $1; now = ""; hops = 0
        while (rest != "") {
            sub(/^\/+/, "", rest)
            at = index(rest, "/")
            part = at ? substr(rest, 1, at - 1) : rest
            rest = at ? substr(rest, at + 1) : ""
            if (part == "" || part == ".") continue
            if (part == "..") { if (!sub(/\/[^\/]*$/, "", now)) now = ""; continue }
            next_path = now == "" ? part : now "/" part
            if (kind[next_path] == "l" && hops++ < 40) {
                rest = link[next_path] (rest == "" ? "" : "/" rest)
                if (substr(link[next_path], 1, 1) == "/") now = ""
            } else now = next_path
        }
        if (kind[now] == "-") print $1, where[now], now
        if (kind[now] == "h") print $1, where[now], link[now]
    }'
}

# read_files <FOUND: the beginning of each found file, in the folder "files" under its number; "read" tells which is which. One
# pass over each layer, however many of its files are wanted.
read_files() {
    rm -rf "$look/files" "$look/read"
    mkdir -p "$look/files"
    sort -u >"$look/found"
    cut -f2 "$look/found" | sort -u | while read -r number; do
        awk -F '\t' -v n="$number" '$2 == n { print $3; print "./" $3; print "/" $3 }' "$look/found" | sort -u >"$look/names"
        mkdir -p "$look/files/$number"
        # Names that this layer spells otherwise are not in it: tar says so, and goes on.
        (
            set --
            while IFS= read -r name; do set -- "$@" "$name"; done <"$look/names"
            layer "$number" | tar -xf - -C "$look/files/$number" "$@" 2>/dev/null || true
        )
    done
    while IFS="$(printf '\t')" read -r path number name; do
        file="$look/files/$number/$name"
        if [ -f "$file" ]; then printf '%s\t%s\t%s\n' "$path" "$file" "$number"; fi
    done <"$look/found" >"$look/read"
}

# elf FILE: its ELF machine in hexadecimal; nothing where it is no ELF file.
elf() {
    # shellcheck disable=SC2046 # bytes, one word each
    set -- $(od -An -v -tx1 -N20 "$1" 2>/dev/null)
    [ "${1:-}${2:-}${3:-}${4:-}" = 7f454c46 ] || return 0
    # The file says which end comes first (EI_DATA).
    if [ "${6:-}" = 02 ]; then echo "${20:-}"; else echo "${19:-}"; fi
}

# allowed PATH: whether the stack exempts it.
allowed() {
    for pattern in ${CONTENTS_ALLOW:-}; do
        # shellcheck disable=SC2254 # a pattern of the stack
        case /${1#/} in $pattern) return 0 ;; esac
    done
    return 1
}

# made_by LAYER: what the image's history says of a layer, for people.
made_by() {
    awk -F '\t' -v wanted="$1" '
    $1 ~ /^\/history\/[0-9]+\// { split($1, part, "/"); entry = part[3]; if (entry > last) last = entry; if (part[4] == "created_by") by[entry] = $2; if (part[4] == "empty_layer" && $2 == "true") empty[entry] = 1 }
    END { n = 0; for (i = 0; i <= last; i++) if (!empty[i]) { if (n++ == wanted) print substr(by[i], 1, 200) } }' "$look/config"
}

# started: the paths that the image starts: entrypoint and command, found as a shell finds them; and the paths of their words.
started() {
    search=$(sed -n 's/^\/config\/Env\/[0-9]*	PATH=//p' "$look/config")
    folder=$(sed -n 's/^\/config\/WorkingDir	//p' "$look/config")
    sed -n 's/^\/config\/\(Entrypoint\|Cmd\)\/[0-9]*	//p' "$look/config" >"$look/words"
    sed -n 's/^\/config\/Entrypoint\/[0-9]*	//p' "$look/config" >"$look/entrypoint"
    first=1
    while IFS= read -r word; do
        case $word in
        /*) echo "$word" ;;
        # The text of a shell: its first word that is no setting.
        *" "*) for part in $word; do case $part in exec | *=*) ;; *) lookup "$part" && break ;; esac; done ;;
        *) if [ "$first" = 1 ]; then lookup "$word"; fi ;;
        esac
        first=0
    done <"$look/words"
    # A command that an entrypoint is given may be a program too.
    sed -n 's/^\/config\/Cmd\/0	//p' "$look/config" | while IFS= read -r word; do lookup "$word"; done
}

# lookup WORD: the paths at which a program of that name would be found.
lookup() {
    case $1 in
    /*) echo "$1" ;;
    */*) echo "${folder:-/}/$1" ;;
    -* | "") ;;
    *)
        echo "${search:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}" | tr ':' '\n' | sed "s|\$|/$1|"
        ;;
    esac
}

# needs FILE: what a program needs to start: the interpreter of a script; the loader and the libraries of an ELF file.
needs() {
    if [ -n "$(elf "$1")" ]; then
        tr -c '[:alnum:]_./+-' '\n' <"$1" | grep -o '^/lib[A-Za-z0-9_/-]*/ld[A-Za-z0-9_.-]*\.so[.0-9]*' | head -n 1
        tr -c '[:alnum:]_./+-' '\n' <"$1" | grep -o '^lib[A-Za-z0-9_+-]*\.so[.0-9]*$' | sort -u | sed 's/^/library /'
    else
        # shellcheck disable=SC2046 # the words of the line
        set -- $(head -c 256 "$1" | tr -d '\000' | sed -n '1s/^#! *//p')
        if [ -n "${1:-}" ]; then echo "$1"; fi
        case ${1:-} in */env) shift && while [ -n "${1:-}" ]; do case $1 in -* | *=*) shift ;; *) break ;; esac; done && lookup "${1:-}" ;; esac
    fi
    return 0
}

# libraries <NEEDS: paths for needs; of a library, every file of that name.
libraries() {
    while IFS= read -r need; do
        case $need in
        "library "*) awk -F '\t' -v name="${need#library }" '{ n = $1; sub(/.*\//, "", n) } n == name { print "/" $1 }' "$look/index" ;;
        *) echo "$need" ;;
        esac
    done
}

# wrong PATH FILE LAYER: refuses an image for a program of another architecture.
wrong() {
    found=$(elf "$2")
    give_up "the $architecture image $image starts /${1#/}, which is for $(architecture_of "$found") (ELF machine 0x$found): wanted $architecture (0x$wanted); no tag moved. It came with: $(made_by "$3"). Look at that line of the Dockerfile, and whether its base offers linux/$architecture." 78
}

# check_contents ARCHITECTURE DIGEST: ends the pod for good where the image starts what is not for its architecture.
check_contents() {
    architecture=$1
    image=$2
    wanted=$(machine_of "$architecture")
    look=/work/contents-$architecture
    rm -rf "$look"
    mkdir -p "$look"
    begun=$(now)
    get_manifest "$image" >"$look/manifest.json"
    flatten <"$look/manifest.json" >"$look/manifest"
    get_blob "$(sed -n 's/^\/config\/digest	//p' "$look/manifest")" "$image" | flatten >"$look/config"
    awk -F '\t' '$1 ~ /^\/layers\/[0-9]+\/digest$/ { split($1, p, "/"); d[p[3]] = $2; if (p[3] + 1 > n) n = p[3] + 1 } $1 ~ /^\/layers\/[0-9]+\/mediaType$/ { split($1, p, "/"); m[p[3]] = $2 } END { for (i = 0; i < n; i++) print d[i], m[i] }' "$look/manifest" >"$look/layers"
    if grep -q 'zstd$' "$look/layers" && ! command -v zstd >/dev/null; then
        give_up "the $architecture image $image has layers that are compressed with zstd, which the publisher's image cannot read; no tag moved. Build it with gzip, or set multiarch:publisher.image to one that has zstd." 78
    fi
    index_layers >"$look/index"
    if [ -e "$look/unread" ]; then
        echo "a layer of the $architecture image $image could not be read" >&2
        exit 1
    fi
    started | sort -u >"$look/next"
    : >"$look/seen"
    while [ -s "$look/next" ]; do
        if [ $((($(now) - begun) / 100)) -gt "$contents_limit" ]; then
            give_up "the $architecture image $image could not be looked into within $contents_limit s; no tag moved" 78
        fi
        cat "$look/next" >>"$look/seen"
        find_files <"$look/next" | read_files
        : >"$look/needed"
        libraries_right=
        while IFS="$(printf '\t')" read -r path file number; do
            found=$(elf "$file")
            if [ -n "$found" ] && [ -n "$wanted" ] && [ "$found" != "$wanted" ] && ! allowed "$path"; then
                # Of libraries of one name, such as those for 32 bits beside the others, one must be right.
                name=${path##*/}
                case $name in
                *.so | *.so.*)
                    right=0
                    while IFS="$(printf '\t')" read -r other twin _; do
                        if [ "${other##*/}" = "$name" ] && [ "$(elf "$twin")" = "$wanted" ]; then right=1; fi
                    done <"$look/read"
                    if [ "$right" = 1 ]; then continue; fi
                    ;;
                esac
                wrong "$path" "$file" "$number"
            fi
            needs "$file" >>"$look/needed"
        done <"$look/read"
        sort -u "$look/needed" | libraries | sort -u >"$look/wants"
        # Each once, however many programs need it.
        awk 'NR == FNR { seen[$0]; next } !($0 in seen)' "$look/seen" "$look/wants" >"$look/next"
    done
    rm -rf "$look"
}
