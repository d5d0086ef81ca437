#!/usr/bin/env bash
# Makes .venv from the lock files: `runtime` what running needs, `project` the project itself,
# which builds the front end, `development` what the checks and tests need besides. uv when it is
# there, pip everywhere else. A lock is whole, so nothing is resolved anew (--no-deps): an old pip
# would want pins for extras that a lock does not spell out.
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

is_usable() {
    [[ -f $venv/pyvenv.cfg ]] &&
        $venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

make_venv() {
    is_usable && return
    local python
    python=$(find_python)
    if [[ -e $venv ]]; then
        echo "$venv is half made or of a Python that is too old or gone: it is made anew."
        rm -rf $venv
    fi
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

locked() { install --no-deps --require-hashes -r "$1"; }

# Node 20 or newer builds the front end; where there is none, the one that PyPI carries does.
has_node() {
    command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null
}

# Building leaves the devDependencies out: the formatter, which is as large as all the rest, and the
# calendar reader of the tests.
front_end_tools() {
    [[ node_modules/@biomejs/biome -nt package-lock.json ]] && return
    $venv/bin/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
}

case "${1:-}" in
runtime)
    make_venv
    echo "Installing what running needs into $venv ..."
    locked requirements.lock
    locked requirements-build.lock
    has_node || locked requirements-node.lock
    ;;
development)
    echo "Installing what checks and tests need into $venv ..."
    locked requirements-dev.lock
    front_end_tools
    ;;
wheel)
    echo "Building the wheel into dist/ ..."
    $venv/bin/python -m pip --version >/dev/null 2>&1 || $venv/bin/python -m ensurepip
    $venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation --wheel-dir dist .
    ;;
project)
    echo "Building the front end and installing the project ..."
    install --no-deps --no-build-isolation -e .
    ;;
*)
    echo "usage: tools/install.sh runtime|project|development|wheel" >&2
    exit 2
    ;;
esac
