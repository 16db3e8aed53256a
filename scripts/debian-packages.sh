#!/bin/sh
# Installs the Debian packages named, those that are missing, when this is a Debian and we are root.
# Elsewhere it says what would be good to have, and the tests that need it are skipped.
set -u
missing=""
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "not installed:$missing (as root: apt-get install$missing)" >&2
    exit 0
fi
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # a list of names is meant
# First what an installation that was cut short has left undone: apt does nothing before.
if { dpkg --configure -a; apt-get update -qq && apt-get install -y -qq --no-install-recommends --fix-broken $missing; } >"$log" 2>&1; then
    rm -f "$log"
else
    cat "$log" >&2
    echo "could not install:$missing" >&2
fi
