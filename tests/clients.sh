#!/bin/sh
# Puts the clients in place that why20003 run is tried with, where root may; else says which tests will be skipped.
# Never fails: a test whose client is missing skips, with its reason.
set -u
cd -- "$(dirname -- "$0")/clients" || exit 0

missing=
while read -r program packages; do
    command -v "$program" >/dev/null || missing="$missing $packages"
done <<'PACKAGES'
curl curl
node nodejs
npm npm
java default-jdk-headless
go golang-go
ruby ruby
php php-cli php-curl
PACKAGES
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086 # one word for each package
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing; } >/dev/null 2>&1 ||
            echo "cannot be installed, tests with them are skipped:$missing" >&2
    else
        echo "not here, tests with them are skipped:$missing" >&2
    fi
fi

# npm leaves this file behind when it is done.
if command -v npm >/dev/null && ! [ node/node_modules/.package-lock.json -nt node/package.json ]; then
    (cd node && npm install --silent --no-audit --no-fund --no-package-lock >/dev/null 2>&1) ||
        echo "npm cannot install the clients of Node, tests with them are skipped" >&2
    touch node/node_modules/.package-lock.json 2>/dev/null || :
fi
exit 0
