#!/bin/sh
# Puts Debian's Chromium in place for the tests of the HTML report, where root may; else says why they will be skipped.
# Never fails: without Chromium those tests skip, with their reason.
set -u
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "no chromium here: the browser tests of the HTML report are skipped" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium; } >/dev/null 2>&1 ||
    echo "chromium cannot be installed: the browser tests of the HTML report are skipped" >&2
exit 0
