#!/usr/bin/env python3
"""Measures the firmware and prints tables: memory of the images, and instructions for each sample on the emulated
Cortex-M4F, where QEMU's -icount makes time a count of instructions. The figures are the same on every machine.

usage: measure.py

Needs what ../add-targets.sh installs. Left out are what the simulated chip takes, the waits that the chip's timing
demands, the bytes into the UART, which on a board are DMA's, and the counting itself.
"""

import pathlib
import struct
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
TARGET = "thumbv7em-none-eabihf"
# Time of an instruction under -icount shift=5, and of a tick of the board's timer.
INSTRUCTION_NANOSECONDS = 32
TICK_NANOSECONDS = 40
# The core that shares are given of.
CORE_HERTZ = 64_000_000
# Most instructions of a Cortex-M4 take one cycle, loads two, taken branches two to four; divisions more.
CYCLES_PER_INSTRUCTION = (1.0, 1.5, 2.0)
# What is left out within the sampling of one instant: DRDY, the wait before the transfer, the transfer.
LEFT_OUT_SPANS = 3


def build(example, *arguments):
    """The path of the example's image."""
    folder = FOLDER.parent / example
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--release", "--target", TARGET,
                    "--target-dir", folder / "target", *arguments], cwd=folder, check=True)
    return folder / "target" / TARGET / "release" / f"ecg2mri-{example}"


def memory(image):
    """Bytes of flash and of statically used RAM of a 32-bit ELF file."""
    data = image.read_bytes()
    table, = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    flash = ram = 0
    for section in range(count):
        _, kind, flags, _, _, length = struct.unpack_from("<IIIIII", data, table + section * size)
        allocated, writable, stored = flags & 2, flags & 1, kind != 8
        if allocated:
            flash += length if stored else 0
            ram += length if writable else 0
    return flash, ram


def run(image):
    """What the image tells: for each rate its spans, and what it tells once."""
    emulator = ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "null",
                "-semihosting-config", "enable=on,target=native", "-icount", "shift=5,sleep=off", "-kernel", image]
    told = subprocess.run(emulator, check=True, capture_output=True, text=True, timeout=600).stdout
    once, rates = {}, {}
    spans = once
    for line in told.splitlines():
        name, *numbers = line.split()
        numbers = [int(number) for number in numbers]
        if name == "rate":
            spans = rates.setdefault(numbers[0] // 1000, {})
        else:
            (spans if len(numbers) == 3 else once)[name] = numbers
    return once, rates


def instructions(ticks):
    return ticks * TICK_NANOSECONDS / INSTRUCTION_NANOSECONDS


def main():
    image = build("qemu-mps2", "--features", "measure")
    once, rates = run(image)
    if once["lost"] != [0]:
        sys.exit(f"measure.py: {once['lost'][0]} instants were lost: the emulated core is too slow for its chip")

    mean = lambda numbers: instructions(numbers[1] / numbers[0])
    empty = mean(once["empty"])
    around = mean(once["around"]) - empty

    print("| samples per second | sampling, per sample | packing, per sample | both | DRDY to queued frame, worst |",
          *(f"share of 64 MHz at {cycles:g} cycles |" for cycles in CYCLES_PER_INSTRUCTION))
    print("|---" * (5 + len(CYCLES_PER_INSTRUCTION)) + "|")
    for rate, spans in rates.items():
        samples = spans["sampling"][0]
        sampling = mean(spans["sampling"]) - empty - LEFT_OUT_SPANS * around
        packing = instructions(spans["packing"][1]) / samples - empty * spans["packing"][0] / samples
        worst = instructions(spans["latency"][2])
        both = sampling + packing
        shares = (f"{100 * both * rate * cycles / CORE_HERTZ:.2f} % |" for cycles in CYCLES_PER_INSTRUCTION)
        print(f"| {rate} | {sampling:.0f} | {packing:.0f} | {both:.0f} | {worst:.0f} |", *shares)

    print()
    print("| image | flash, bytes | static RAM, bytes |")
    print("|---|---|---|")
    for name, example in [("nRF52840-DK", "nrf52840"), ("Nucleo-F429ZI", "stm32f4"),
                          ("emulated, with the simulated chip and its ECG", "qemu-mps2")]:
        flash, ram = memory(build(example))
        print(f"| {name} | {flash} | {ram} |")
    print()
    print(f"Stack used by the emulated image: {once['stack'][0]} bytes.")


if __name__ == "__main__":
    main()
