#!/usr/bin/env bash
# Makes the machine able to build and run ecg2mri for 64-bit and 32-bit ARM Linux:
# the Rust standard library for both, their linkers, and QEMU to run what was built.
#
# usage: add-targets.sh [--from-source] [TARGET…]
#
# Targets without an operating system (…-none-…) can be named, too: they get Rust's core library and, for ARM, QEMU's
# emulation of whole boards. `firmware-shim/examples/add-targets.sh` names those of the firmware.
#
# The standard library comes by `rustup target add`. Where there is no rustup, or it reaches no server,
# or with --from-source, it is built from Debian's package `rust-src` of the compiler's own version.
# Linkers and QEMU come from apt where the script runs as root; else the script says what is missing.
set -euo pipefail
source "$(dirname "$0")/targets.sh"

from_source=
if [ "${1:-}" = --from-source ]; then
    from_source=yes
    shift
fi
targets=("$@")
[ $# -gt 0 ] || targets=("$AARCH64" "$ARMV7")
for target in "${targets[@]}"; do
    is_bare_metal "$target" || linker_of "$target" >/dev/null
done
command -v rustc >/dev/null || fail "there is no rustc on the PATH: install Rust first"

SYSROOT=$(rustc --print sysroot)
VERSION=$(rustc -vV | sed -n 's/^release: //p')

has_standard_library() {
    local library=std
    is_bare_metal "$1" && library=core
    compgen -G "$SYSROOT/lib/rustlib/$1/lib/lib$library-*.rlib" >/dev/null
}

# The linkers with the C library they link, and the emulator.
install_tools() {
    local packages=() linux= target
    for target in "${targets[@]}"; do
        if is_bare_metal "$target"; then
            # rustc links these by itself.
            [[ $target != thumb* ]] || command -v qemu-system-arm >/dev/null || packages+=(qemu-system-arm)
            continue
        fi
        linux=yes
        if ! command -v "$(linker_of "$target")" >/dev/null; then
            case $target in
            "$AARCH64") packages+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross) ;;
            "$ARMV7") packages+=(gcc-arm-linux-gnueabihf libc6-dev-armhf-cross) ;;
            esac
        fi
    done
    if [ -n "$linux" ] && ! { command -v qemu-aarch64 && command -v qemu-arm; } >/dev/null; then
        packages+=(qemu-user)
    fi
    [ ${#packages[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
        fail "what the Debian packages ${packages[*]} hold is missing: install it, as root, and run this again"
    fi
    echo "== apt-get install ${packages[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# apt with a list of sources of our own, the backports of the mirror that the machine already uses: the
# compiler's version is seldom in the machine's own release.
backports_apt() {
    local program=$1
    shift
    "$program" -o Dir::Etc::sourcelist="$work/backports.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Languages=none "$@"
}

# Puts the source of the standard library to where cargo looks for it, from the Debian package of exactly the
# compiler's version: one of another version does not compile.
unpack_source() {
    local mirror version
    # Whichever of these files there are.
    mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{sources,list} 2>/dev/null || true; } |
        sed -nE 's#^(URIs: *|deb +(\[[^]]*\] +)?)(https?://[^ ]*/debian)/?( .*)?$#\3#p' | head -n 1)
    [ -n "$mirror" ] || fail "apt's sources name no Debian mirror, from which rust-src could be had"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie-backports main" \
        >"$work/backports.list"
    backports_apt apt-get update -qq
    version=$(backports_apt apt-cache madison rust-src |
        awk -v wanted="$VERSION" 'index($3, wanted "+") == 1 && !found { print $3; found = 1 }')
    [ -n "$version" ] || fail "Debian's backports hold no rust-src $VERSION, the version of rustc: install a Rust" \
        "of a version that they hold, or use rustup"
    (cd "$work" && backports_apt apt-get download -qq "rust-src=$version")
    # The compiler's own source, a gigabyte, is in the package too.
    mkdir -p "$SYSROOT/lib/rustlib/src/rust"
    dpkg-deb --fsys-tarfile "$work"/rust-src_*.deb |
        tar -x -C "$SYSROOT/lib/rustlib/src/rust" --strip-components=4 "./usr/src/rustc-$VERSION/library"
}

# Builds the standard library for a target through an empty crate, and copies it to where rustc looks for it.
build_standard_library() {
    local target=$1 crate="$work/$1" folder="$SYSROOT/lib/rustlib/$1/lib"
    local libraries=std,panic_abort,panic_unwind,proc_macro,test
    mkdir -p "$crate/src"
    : >"$crate/src/lib.rs"
    if is_bare_metal "$target"; then
        libraries=core,alloc
        echo '#![no_std]' >"$crate/src/lib.rs"
    fi
    printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n' >"$crate/Cargo.toml"
    # -Zbuild-std wants a nightly compiler or this variable. Bitcode is embedded for builds with link-time
    # optimisation.
    (cd "$crate" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$crate/target" \
        cargo build --quiet --release --target "$target" \
        -Zbuild-std="$libraries")
    mkdir -p "$folder"
    rm -f "$crate/target/$target/release/deps"/libempty-*
    cp "$crate/target/$target/release/deps"/lib*.rlib "$folder/"
}

add_from_source() {
    [ -w "$SYSROOT/lib/rustlib" ] || fail "$SYSROOT cannot be written: run this as the owner of the Rust installation"
    command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
        fail "rustup cannot add the targets and this is no Debian, whose rust-src would do instead"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    unpack_source
    local target
    for target in "$@"; do
        echo "== standard library for $target from source"
        build_standard_library "$target"
    done
}

install_tools
missing=()
for target in "${targets[@]}"; do
    if has_standard_library "$target"; then
        continue
    elif [ -z "$from_source" ] && command -v rustup >/dev/null && rustup target add "$target"; then
        continue
    fi
    missing+=("$target")
done
[ ${#missing[@]} -eq 0 ] || add_from_source "${missing[@]}"
for target in "${targets[@]}"; do
    has_standard_library "$target" || fail "the standard library for $target is still missing"
    echo "$target can be built for"
done
