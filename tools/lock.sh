#!/usr/bin/env bash
# Compiles the lock files from pyproject.toml: versions and hashes for every platform, and no
# word of where they were fetched from. requirements.lock is what production installs;
# requirements-dev.lock adds the tools and what builds the package, at the same versions.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}

build_requirements() {
    python3 - <<'PY'
import tomllib

with open("pyproject.toml", "rb") as file:
    print("\n".join([*tomllib.load(file)["build-system"]["requires"], "editables"]))
PY
}

# A local wheel folder must not decide what everyone else installs.
unset PIP_FIND_LINKS UV_FIND_LINKS PIP_EXTRA_INDEX_URL UV_EXTRA_INDEX_URL
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build_requirements >"$scratch/build.in"

compile "$@" pyproject.toml -o requirements.lock
compile "$@" -c requirements.lock pyproject.toml --group dev "$scratch/build.in" -o requirements-dev.lock
python3 tools/check_locks.py
