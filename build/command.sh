#!/usr/bin/env bash
# command.sh build|publish|rollout: what a Command of the program runs.
#
# The work is done in the Pulumi program's own process, which serves all Commands of an update (steps/commandServer.ts):
# a process of Node for each would be 75 MB and half a second of a CPU. This asks it, and shows what it answers; where
# there is no such process (any more; or no bash), the same program runs here, and takes over what is under way. No value is ever part of a command line.
#
# In:  MULTIARCH_* as steps/environment.ts wants them; MULTIARCH_RUN_FILE, which holds "PORT SECRET".
# Out: the program's one line of JSON on stdout, its progress on stderr, its exit status.
[ -n "${BASH_VERSION:-}" ] || { command -v bash >/dev/null 2>&1 && exec bash "$0" "$@"; }
set -u
alone() {
    exec node bin/command.js "$1"
}
if [ -z "${BASH_VERSION:-}" ] || [ ! -r "${MULTIARCH_RUN_FILE:-}" ]; then alone "$1"; fi
# Called sh, bash would end at the first connection that is refused.
set +o posix
{ read -r port secret <"$MULTIARCH_RUN_FILE"; } 2>/dev/null || alone "$1"
# Refused when the process has ended: a file that it left behind.
{ exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || alone "$1"
# As steps/shared/runProgram.ts ends; the process sees the connection close.
trap 'echo interrupted >&2; exit 130' INT TERM
{
    printf '%s\0' "$secret" "$1" "$PWD"
    for name in "${!MULTIARCH_@}"; do printf '%s=%s\0' "$name" "${!name}"; done
    printf '\0'
} >&3
while IFS= read -r line <&3; do
    case $line in
    "err "*) printf '%s\n' "${line#err }" >&2 ;;
    "out "*) printf '%s\n' "${line#out }" ;;
    "exit "*) exit "${line#exit }" ;;
    esac
done
# The Pulumi program ends at the first failure of an update; what is under way beside that goes on to its own end.
echo "the Pulumi program has ended; this goes on by itself" >&2
exec 3>&-
trap - INT TERM
alone "$1"
