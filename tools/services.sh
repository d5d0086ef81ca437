#!/usr/bin/env bash
# Installs what the tests talk to. A test that cannot run is a failure, so a missing service
# stops here, unless the caller left it out by HUB_TEST_WITHOUT (postgres, mosquitto, nginx,
# browser, libical; separated by commas), which is printed.
set -euo pipefail
without=${HUB_TEST_WITHOUT:-}
readonly without=",${without// /,},"
missing=()

wanted() { [[ $without != *",$1,"* ]]; }
installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

need() { # name of the service, test for its presence, Debian packages
    local name=$1 test=$2
    shift 2
    if ! wanted "$name"; then
        echo "HUB_TEST_WITHOUT: tests that need $name are left out"
    elif ! eval "$test"; then
        missing+=("$@")
    fi
}

need postgres 'compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null' postgresql
need mosquitto '{ [[ -x /usr/sbin/mosquitto ]] || command -v mosquitto; } >/dev/null && command -v mosquitto_pub >/dev/null' \
    mosquitto mosquitto-clients
need nginx '[[ -x /usr/sbin/nginx ]]' nginx-light
need browser 'command -v chromium >/dev/null && installed fonts-noto-core' chromium fonts-noto-core
need libical 'compgen -G "/usr/lib/*/libical.so.3" >/dev/null' libical3

if ((${#missing[@]} == 0)); then
    exit 0
fi
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "The tests need these Debian packages: ${missing[*]}" >&2
    echo "Install them with: sudo apt-get install ${missing[*]}" >&2
    echo 'or leave their tests out, e.g. make test HUB_TEST_WITHOUT="postgres,browser"' >&2
    exit 1
fi
echo "Installing ${missing[*]} ..."
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}"
