#!/usr/bin/env bash
# Builds ecg2mri for ARM and tests under emulation that it gives what it gives here. Half an hour the first time.
#
# usage: test.sh [--profile PROFILE]
set -euo pipefail
cd "$(dirname "$0")/../.."
runtime/arm/add-targets.sh
runtime/arm/build.sh "$@"
cargo test --locked --workspace --test end_to_end arm:: -- --nocapture
