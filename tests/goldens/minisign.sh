#!/bin/sh
# Signs the manifest of tests/goldens/tiny_cart with minisign: the goldens of the runtime's check of signatures.
#
# Usage: sh tests/goldens/minisign.sh
# Needs minisign 0.11 (Debian: apt-get install minisign). Writes tests/goldens/minisign/. Run it again whenever that
# manifest changes. The secret keys are thrown away, so that every run makes new ones.
set -eu
cd "$(dirname "$0")"
out=minisign
manifest=tiny_cart/manifest.toml
keys=$(mktemp -d)
trap 'rm -r "$keys"' EXIT
mkdir -p "$out"
for name in maker other; do
    minisign -G -W -f -p "$out/$name.pub" -s "$keys/$name" >"$keys/log"
done
comment='tiny cart, released for tests'
minisign -S -s "$keys/maker" -m "$manifest" -x "$out/manifest.minisig" -t "$comment"
minisign -S -l -s "$keys/maker" -m "$manifest" -x "$out/legacy.minisig" -t "$comment"
minisign -S -s "$keys/other" -m "$manifest" -x "$out/by_other.minisig" -t "$comment"
minisign -S -s "$keys/maker" -m tiny_cart/statistics.json -x "$out/of_other_file.minisig" -t "$comment"
for name in manifest legacy; do
    minisign -V -p "$out/maker.pub" -m "$manifest" -x "$out/$name.minisig"
done
