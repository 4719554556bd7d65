#!/usr/bin/env bash
# Counts the instructions of each stage from ECG to picture on ARM, with the shipped model and a sample ECG, and prints
# them as tables. They are the same on every machine, as times under emulation are not.
#
# usage: instructions.sh [TARGET]
#
# Needs what add-targets.sh installs, and gcc for the plugin that counts (count_instructions.c). Where PYTHON names a
# Python with onnx, which widens the weights for rten, the decoder run by rten is counted as well.
# What fails in `$(…)` ends the script, too.
set -euo pipefail
shopt -s inherit_errexit
source "$(dirname "$0")/targets.sh"
cd "$(dirname "$0")/../.."

target=${1:-$AARCH64}
linker_of "$target" >/dev/null
case $target in
"$AARCH64") emulator=qemu-aarch64 processors=(cortex-a53 cortex-a72) ;;
"$ARMV7") emulator=qemu-arm processors=(cortex-a7) ;;
esac
command -v "$emulator" >/dev/null || fail "$emulator is missing: run add-targets.sh"
command -v gcc >/dev/null || fail "gcc is missing, which compiles the plugin that counts"

RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static" cargo build --quiet --locked --release --package ecg2mri \
    --bin ecg2mri --example stages --target "$target" ${CARGO_ARGUMENTS:-}
built=${CARGO_TARGET_DIR:-target}/$target/release

recording=tests/samples/normal-woman.hea
model=models/cart
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Millions of instructions of a program on a processor, to two decimals. tract would ask the machine's own system for
# the processor, and so is told.
count() {
    local processor=$1 counted
    shift
    counted=$(TRACT_CPU_AARCH64_KIND=${processor#cortex-} TRACT_CPU_ARM32_NEON=true \
        "$emulator" -cpu "$processor" -plugin "$work/count.so" -d plugin -D "$work/log" "$@" >/dev/null &&
        sed -n 's/^instructions: //p' "$work/log")
    [ -n "$counted" ] || fail "$* was not counted on $processor"
    awk -v counted="$counted" 'BEGIN { printf "%.2f", counted / 1e6 }'
}

less() {
    awk -v one="$1" -v other="$2" 'BEGIN { printf "%.1f", one - other }'
}

# The first time and every further time that a program does something, `… TIMES …` being the words to run it by.
first_and_further() {
    local processor=$1 none once twice
    shift
    none=$(count "$processor" "${@//TIMES/0}")
    once=$(count "$processor" "${@//TIMES/1}")
    twice=$(count "$processor" "${@//TIMES/2}")
    echo "$(less "$once" "$none") | $(less "$twice" "$once")"
}

# QEMU takes plugins made for versions of its interface that it knows, and refuses others before it runs anything.
for version in 1 2 3 4 5; do
    gcc -shared -fPIC -O2 "-DQEMU_API=$version" -o "$work/count.so" runtime/arm/count_instructions.c
    "$emulator" -plugin "$work/count.so" "$built/ecg2mri" --version >/dev/null 2>&1 && break
    [ "$version" -lt 5 ] || fail "$emulator takes no plugin"
done

# rten reads no weights in half precision; cold_start.py prepares networks that it reads.
mkdir "$work/peers"
rten=
if "${PYTHON:-python3}" tests/cold_start.py --prepare "$work/peers" >/dev/null 2>&1 &&
    [ -f "$work/peers/widened/decoder.onnx" ]; then
    RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static" cargo build --quiet --locked --release \
        --manifest-path tests/peers/rten/Cargo.toml --target "$target" \
        --target-dir "${CARGO_TARGET_DIR:-target}/rten" ${CARGO_ARGUMENTS:-}
    rten=${CARGO_TARGET_DIR:-target}/rten/$target/release/rten-peer
else
    echo "SKIPPED: the decoder by rten: PYTHON names no Python with onnx"
fi

RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static" cargo build --quiet --locked --release \
    --manifest-path tests/peers/tract/Cargo.toml --target "$target" \
    --target-dir "${CARGO_TARGET_DIR:-target}/tract" ${CARGO_ARGUMENTS:-}
tract=${CARGO_TARGET_DIR:-target}/tract/$target/release/tract-peer

row() {
    local stage=$1 counted
    shift
    counted=$("$@")
    echo "| $stage | $counted |"
}

for processor in "${processors[@]}"; do
    echo
    echo "Millions of instructions, $target, $processor:"
    echo
    echo "| stage | first time | further times |"
    echo "|---|---|---|"
    for stage in read analyse load encode decode draw; do
        row "$stage" first_and_further "$processor" "$built/examples/stages" "$stage" TIMES "$model" "$recording"
    done
    for network in encoder decoder; do
        row "$network, tract as it comes" first_and_further "$processor" \
            "$tract" "$model/$network.onnx" TIMES
    done
    if [ -n "$rten" ]; then
        RTEN_NUM_THREADS=1 row "decoder, rten" first_and_further "$processor" "$rten" "$work/peers/widened" TIMES
    fi
    for subcommand in check measure; do
        row "\`ecg2mri $subcommand\`" count "$processor" "$built/ecg2mri" "$subcommand" "$recording"
    done
    row "\`ecg2mri model verify\`" count "$processor" "$built/ecg2mri" model verify "$model"
    row "\`ecg2mri generate\`" count "$processor" \
        "$built/ecg2mri" generate "$recording" -o "$work/out.png" --model "$model"
done
