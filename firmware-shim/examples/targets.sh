# What the scripts of this folder share; read by `source`.

# Arm Cortex-M4F and M7F: the board under QEMU, nRF52840, STM32F4.
CORTEX_M4F=thumbv7em-none-eabihf
# Arm Cortex-M0 and M0+, which lack atomic exchanges.
CORTEX_M0=thumbv6m-none-eabi
# Small RISC-V cores, which lack them too.
RISCV=riscv32imc-unknown-none-elf

# Whether Rust's core library for a target is installed.
has_target() {
    compgen -G "$(rustc --print sysroot)/lib/rustlib/$1/lib/libcore-*.rlib" >/dev/null
}

# Ends the script with one sentence.
fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}
