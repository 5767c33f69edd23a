#!/bin/sh
# Puts Debian's tmux in place for the tests that type into mitmproxy's console, where root may; else says why they will
# be skipped. Never fails: without tmux those tests skip, with their reason.
set -u
command -v tmux >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "no tmux here: the tests in mitmproxy's console are skipped" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get -qq update && apt-get -qq install -y --no-install-recommends tmux; } >/dev/null 2>&1 ||
    echo "tmux cannot be installed: the tests in mitmproxy's console are skipped" >&2
exit 0
