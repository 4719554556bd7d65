#!/usr/bin/env python3
"""Prints the licences of all that is linked into `ecg2mri` besides ecg2mri itself, with their texts.

    runtime/debian/third_party.py TARGET > third-party-licences.txt

TARGET is as Rust names it, e.g. aarch64-unknown-linux-gnu. Goes by `cargo metadata`, offline: the crates must have been fetched, as they have after a build. Needs Python 3.
"""

import json
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = "ecg2mri"
TEXTS = ("license", "licence", "copying", "notice", "copyright", "unlicense")


def linked(metadata):
    """The packages that PROGRAM links, by way of normal dependencies; macros only run in the compiler."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = next(key for key, package in packages.items() if package["name"] == PROGRAM)
    found, ahead = set(), [root]
    while ahead:
        for dependency in nodes[ahead.pop()]["deps"]:
            key = dependency["pkg"]
            normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            macro = any("proc-macro" in target["kind"] for target in packages[key]["targets"])
            if normal and not macro and key not in found:
                found.add(key)
                ahead.append(key)
    return sorted((packages[key] for key in found), key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The licence texts that a package carries."""
    folder = Path(package["manifest_path"]).parent
    files = [file for file in folder.iterdir() if file.is_file() and file.name.lower().startswith(TEXTS)]
    return [(file.name, file.read_text(errors="replace").strip()) for file in sorted(files)]


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} TARGET")
    command = ["cargo", "metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", sys.argv[1]]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=CHECKOUT).stdout)
    packages = linked(metadata)
    if not packages:
        sys.exit(f"cargo metadata names nothing that {PROGRAM} links")
    # Hundreds of crates share few texts, so each text stands once, with a number.
    numbers = {}
    print(f"{PROGRAM} holds the code of these Rust crates, and the standard library of Rust (MIT OR Apache-2.0).\n")
    for package in packages:
        kept = [f"[{numbers.setdefault(text, len(numbers) + 1)}]" for _, text in texts(package)]
        licence = package["license"] or package["license_file"] or "see its text"
        print(" ".join([f"{package['name']} {package['version']}: {licence}", *kept]))
    for text, number in numbers.items():
        print(f"\n{'=' * 100}\n[{number}]\n\n{text}")


if __name__ == "__main__":
    main()
