#!/usr/bin/env bash
# Installs a Debian package of ecg2mri on this machine, makes a picture with it, runs its service as far as the
# machine allows, and removes it again.
#
# usage: test.sh PACKAGE.deb
#
# Needs root on a Debian of the package's architecture that has no ecg2mri installed.
set -euo pipefail
package=$(realpath "${1:?"name the package"}")
sample=$(realpath "$(dirname "$0")/../../tests/samples/normal-woman")

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}
skipped() {
    echo "SKIPPED: $*"
}

[ "$(id -u)" -eq 0 ] || fail "installing a package takes root"
[ "$(dpkg --print-architecture)" = "$(dpkg-deb --field "$package" Architecture)" ] ||
    fail "$package is for $(dpkg-deb --field "$package" Architecture), another architecture"
! command -v ecg2mri >/dev/null || fail "ecg2mri is installed already, and this test would remove it"

work=$(mktemp -d)
cleaned_up() {
    dpkg --purge ecg2mri >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleaned_up EXIT

echo "== installed"
dpkg --install "$package" >/dev/null
dpkg --verify ecg2mri
cd "$work"
ecg2mri --version
ecg2mri model verify

echo "== a picture with the packaged model"
chmod 777 "$work"
as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs)
cp "$sample".{hea,dat} "$work"
"${as_nobody[@]}" ecg2mri generate normal-woman.hea -o picture.png
[ -s picture.png ] || fail "no picture came out"

unit=$(dpkg --listfiles ecg2mri | grep '/ecg2mri\.service$')
echo "== the service: $unit"
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify "$unit"
    # In tenths: 0 is closed, 100 open.
    systemd-analyze security --offline=true --threshold=10 --no-pager "$unit" | tail -n 1
else
    skipped "systemd-analyze is not installed"
fi

# The words that the unit starts, with our folders for the system's.
read -ra command < <(sed -n 's/^ExecStart=//p' "$unit")
command=("${command[@]/#\/var\/lib\/ecg2mri/$work/state}")
mkdir -m 777 -p state/inbox state/pictures

# The system calls of a set as systemd writes it, such as @system-service, with the sets that it contains.
calls_of() {
    local name
    systemd-analyze syscall-filter --no-pager "$1" | sed -n 's/^ \+\([^# ]\)/\1/p' | while read -r name; do
        case $name in
        @*) calls_of "$name" ;;
        *) echo "$name" ;;
        esac
    done
}

# The system calls that the unit's filters name: those that it forbids, or with -v those that it allows.
filtered() {
    local name
    sed -n 's/^SystemCallFilter=//p' "$unit" | grep "$@" '^~' | tr -d '~' | tr ' ' '\n' | while read -r name; do
        calls_of "$name"
    done
}

# Whether what the traced program called is what the unit allows it.
check_calls() {
    local forbidden
    # systemd allows @default wherever it allows anything.
    { calls_of @default && filtered -v; } | sort -u | comm -23 - <(filtered | sort -u) >"$work/allowed"
    sed -n 's/^[0-9]\+ \+\([a-z0-9_]\+\)(.*/\1/p' "$work/calls" | sort -u >"$work/called"
    [ -s "$work/called" ] || fail "strace saw no system call"
    forbidden=$(comm -23 "$work/called" "$work/allowed")
    [ -z "$forbidden" ] || fail "the unit forbids what its program calls: $forbidden"
    ! grep -q 'PROT_WRITE|PROT_EXEC' "$work/calls" || fail "the unit forbids memory that is written and executed"
    ! grep 'socket(' "$work/calls" | grep -v 'AF_UNIX' || fail "the unit forbids such sockets"
    echo "all $(wc -l <"$work/called") kinds of system calls that it made are allowed by the unit"
}

# Waits for a picture to appear in a folder.
wait_for_picture() {
    local waited
    for ((waited = 0; waited < 60; waited++)); do
        [ -z "$(find -L "$1" -name '*.png' -size +0 2>/dev/null)" ] || return 0
        sleep 1
    done
    return 1
}

if [ -d /run/systemd/system ]; then
    systemctl start ecg2mri
    cp normal-woman.{hea,dat} /var/lib/ecg2mri/inbox/
    wait_for_picture /var/lib/ecg2mri/pictures || fail "the service made no picture: $(systemctl status ecg2mri)"
    systemctl stop ecg2mri
    echo "the service made a picture"
else
    skipped "systemd does not run this machine, so the service's command runs by hand instead"
    cp normal-woman.{hea,dat} state/inbox/
    tracer=()
    if command -v strace >/dev/null; then
        tracer=(strace -f -qq -e signal=none -o "$work/calls")
    fi
    "${as_nobody[@]}" "${tracer[@]}" "${command[@]}" >"$work/log" 2>&1 &
    service=$!
    wait_for_picture "$work/state/pictures" || fail "its command made no picture: $(cat "$work/log")"
    # To the program itself: strace passes no signal on.
    kill -TERM "$(pgrep -P "$service" ecg2mri || echo "$service")"
    wait "$service" || fail "its command did not end well on SIGTERM: $(cat "$work/log")"
    echo "its command made a picture and ended on SIGTERM"
    if [ ${#tracer[@]} -gt 0 ] && command -v systemd-analyze >/dev/null; then
        check_calls
    else
        skipped "strace or systemd-analyze is not installed, so its system calls are not checked against the unit"
    fi
fi

echo "== removed"
dpkg --purge ecg2mri >/dev/null
for path in /usr/bin/ecg2mri /usr/share/ecg2mri "$unit"; do
    [ ! -e "$path" ] || fail "$path is still there"
done
echo "the package passed"
