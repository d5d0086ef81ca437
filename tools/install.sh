#!/usr/bin/env bash
# Makes .venv from the lock files. `dependencies` installs what is locked, `project` the
# project itself, which builds the front end. uv when it is there, pip everywhere else.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly venv=.venv

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        if [[ -n $candidate ]] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    echo "Python 3.11 or newer is needed and was not found: set PYTHON=/path/to/python3" >&2
    return 1
}

has_uv() { uv --version >/dev/null 2>&1; }

# Debian ships venv without pip until python3-venv is installed.
ensure_venv_module() {
    "$1" -c 'import ensurepip' 2>/dev/null && return
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends python3-venv
    else
        echo "This Python cannot make virtual environments: install the package python3-venv." >&2
        return 1
    fi
}

make_venv() {
    if [[ -x $venv/bin/python ]]; then
        return
    fi
    local python
    python=$(find_python)
    if has_uv; then
        uv venv --quiet --seed --python "$python" $venv
    else
        ensure_venv_module "$python"
        "$python" -m venv $venv
    fi
}

install() {
    if has_uv && uv pip install --quiet --python $venv/bin/python "$@"; then
        return
    fi
    $venv/bin/python -m pip --version >/dev/null 2>&1 || $venv/bin/python -m ensurepip
    $venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

case "${1:-}" in
dependencies)
    make_venv
    echo "Installing the locked dependencies into $venv ..."
    install --no-deps --require-hashes -r requirements-dev.lock
    ;;
project)
    echo "Building the front end and installing the project ..."
    install --no-deps --no-build-isolation -e .
    ;;
*)
    echo "usage: tools/install.sh dependencies|project" >&2
    exit 2
    ;;
esac
