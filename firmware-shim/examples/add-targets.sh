#!/usr/bin/env bash
# Makes the machine able to build the firmware for microcontrollers and to run it under emulation: Rust's core library
# for three kinds of core, and QEMU.
#
# usage: add-targets.sh [--from-source]
#
# It comes by rustup, or from Debian's packages where rustup is missing or reaches no server. QEMU needs root.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
source "$folder/targets.sh"
exec "$folder/../../runtime/arm/add-targets.sh" "$@" "$CORTEX_M4F" "$CORTEX_M0" "$RISCV"
