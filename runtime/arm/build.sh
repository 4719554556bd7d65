#!/usr/bin/env bash
# Builds the program `ecg2mri` for 64-bit and 32-bit ARM Linux, statically linked: it runs on any Linux of the
# processor's kind, whatever C library is there. `add-targets.sh` comes first, once.
#
# usage: build.sh [--profile PROFILE] [TARGET…]
#
# PROFILE is `release` unless `cart`, the smaller and slower to build, is named. The programs lie in
# target/TARGET/PROFILE/ecg2mri (or below CARGO_TARGET_DIR); arguments for cargo can be given in CARGO_ARGUMENTS.
set -euo pipefail
source "$(dirname "$0")/targets.sh"
cd "$(dirname "$0")/../.."

profile=release
if [ "${1:-}" = --profile ]; then
    profile=${2:?"--profile needs a name"}
    shift 2
fi
targets=("$@")
[ $# -gt 0 ] || targets=("$AARCH64" "$ARMV7")

for target in "${targets[@]}"; do
    command -v "$(linker_of "$target")" >/dev/null || fail "$(linker_of "$target") is missing: run add-targets.sh"
    echo "== ecg2mri for $target, profile $profile"
    # shellcheck disable=SC2086 # several arguments
    RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static" \
        cargo build --locked --package ecg2mri --bin ecg2mri --profile "$profile" --target "$target" \
        ${CARGO_ARGUMENTS:-}
    ls -l "${CARGO_TARGET_DIR:-target}/$target/$profile/ecg2mri" | awk '{ print $5, "bytes", $9 }'
done
