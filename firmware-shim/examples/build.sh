#!/usr/bin/env bash
# Builds the shim for small cores and the images of this folder, and lints the images; the shim is linted with the
# workspace. What is built for a target whose library is missing is skipped; add-targets.sh installs it.
#
# usage: build.sh
#
# The images lie in EXAMPLE/target/TARGET/release/, or below CARGO_TARGET_DIR.
set -euo pipefail
cd "$(dirname "$0")"
source targets.sh
command -v cargo >/dev/null || fail "there is no cargo on the PATH: install Rust first"

# What is meant for this machine's programs is not for theirs.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET

# The shim as a library, without and with its options.
library() {
    local target=$1 features
    shift
    if ! has_target "$target"; then
        echo "SKIPPED: the shim for $target: Rust's core library for it is missing; add-targets.sh installs it"
        return
    fi
    for features in "$@"; do
        echo "== the shim for $target, features: ${features:-none}"
        cargo build --quiet --locked --release --package ecg2mri-shim --no-default-features --features "$features" \
            --target "$target"
    done
}

# One example; what follows its name are arguments for cargo.
image() {
    local example=$1
    shift
    if ! has_target "$CORTEX_M4F"; then
        echo "SKIPPED: $example: Rust's core library for $CORTEX_M4F is missing; add-targets.sh installs it"
        return
    fi
    echo "== $example $*"
    (
        cd "$example"
        cargo fmt --check
        cargo clippy --quiet --locked --release "$@" -- -D warnings
        cargo build --quiet --locked --release "$@"
    )
}

library "$CORTEX_M4F" "" "async,defmt,simulator"
library "$CORTEX_M0" "" "async,simulator"
# Without atomic instructions the queue needs to be told how to do without.
library "$RISCV" "portable-atomic-unsafe-assume-single-core" \
    "portable-atomic-unsafe-assume-single-core,async,simulator"
image qemu-mps2 --features measure
image qemu-mps2
image nrf52840
image stm32f4
