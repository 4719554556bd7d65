# What the scripts of this folder share; read by `source`.
#
# Linkers are named here through the environment and not in `.cargo/config.toml`, so that nobody who builds with
# linkers of their own finds ours in the way: what is already set stays.

AARCH64=aarch64-unknown-linux-gnu
ARMV7=armv7-unknown-linux-gnueabihf

: "${CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER:=aarch64-linux-gnu-gcc}"
: "${CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER:=arm-linux-gnueabihf-gcc}"
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER

# Whether a target has no operating system, as a microcontroller has none.
is_bare_metal() {
    [[ $1 == *-none-* ]]
}

# The target's linker.
linker_of() {
    case $1 in
    "$AARCH64") echo "$CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER" ;;
    "$ARMV7") echo "$CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER" ;;
    *) fail "$1 is not a target of these scripts: name $AARCH64 or $ARMV7" ;;
    esac
}

# Ends the script with one sentence.
fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}
