#!/usr/bin/env bash
# Compiles the lock files from pyproject.toml: versions and hashes for every platform, and no
# word of where they were fetched from. requirements.lock is what production installs,
# requirements-build.lock what builds the package, requirements-node.lock a Node for where there is
# none; requirements-dev.lock holds all of them and the tools, at the same versions.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}

build_requirements() { # node | rest
    python3 - "$1" <<'PY'
import sys
import tomllib

with open("pyproject.toml", "rb") as file:
    required = [*tomllib.load(file)["build-system"]["requires"], "editables"]
wants_node = sys.argv[1] == "node"
print("\n".join(r for r in required if r.startswith("nodejs") == wants_node))
PY
}

# A local wheel folder must not decide what everyone else installs.
unset PIP_FIND_LINKS UV_FIND_LINKS PIP_EXTRA_INDEX_URL UV_EXTRA_INDEX_URL
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build_requirements rest >"$scratch/build.in"
build_requirements node >"$scratch/node.in"

compile "$@" pyproject.toml -o requirements.lock
compile "$@" -c requirements.lock "$scratch/build.in" -o requirements-build.lock
compile "$@" "$scratch/node.in" -o requirements-node.lock
compile "$@" -c requirements.lock -c requirements-build.lock -c requirements-node.lock \
    pyproject.toml --group dev "$scratch/build.in" "$scratch/node.in" -o requirements-dev.lock
python3 tools/check_locks.py
