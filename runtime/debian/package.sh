#!/usr/bin/env bash
# Makes the Debian package of ecg2mri, program, model and service, for this machine or for ARM.
#
# usage: package.sh [--profile PROFILE] [--no-build] [TARGET]
#
# PROFILE is `release` unless `cart` is named. For a TARGET, aarch64-unknown-linux-gnu (Debian's arm64) or
# armv7-unknown-linux-gnueabihf (armhf), arm/add-targets.sh comes first, once. The package lies in target/debian/.
# Needs cargo-deb: `cargo install cargo-deb --locked`.
set -euo pipefail
source "$(dirname "$0")/../arm/targets.sh"
cd "$(dirname "$0")/../.."

profile=release build=yes
while [[ ${1:-} == --* ]]; do
    case $1 in
    --profile) profile=${2:?"--profile needs a name"} && shift 2 ;;
    --no-build) build= && shift ;;
    *) fail "there is no option $1" ;;
    esac
done
target=${1:-}
[ -z "$target" ] || linker_of "$target" >/dev/null
command -v cargo-deb >/dev/null || fail "cargo-deb is missing: cargo install cargo-deb --locked"

if [ -n "$build" ]; then
    if [ -n "$target" ]; then
        runtime/arm/build.sh --profile "$profile" "$target"
    else
        # The whole workspace, as the tests build it: features that differ would have all compiled twice.
        # shellcheck disable=SC2086 # several arguments
        cargo build --locked --workspace --bins --profile "$profile" ${CARGO_ARGUMENTS:-}
    fi
fi

mkdir -p target/debian
machine=$(rustc -vV | sed -n 's/^host: //p')
runtime/debian/third_party.py "${target:-$machine}" >target/debian/third-party-licences.txt
# The program is stripped by its profile; the distribution's strip may not know the processor.
cargo deb --package ecg2mri --no-build --no-strip --profile "$profile" ${target:+--target "$target"} \
    --output target/debian/
