#!/usr/bin/env bash
# Runs the tests on both ends of what is supported, or on the one whose Python the first argument names.
# Other arguments go to pytest.
# The environments are kept in .venv-matrix and made again when what they are made from has changed.
set -euo pipefail
unset CDPATH
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
root=$(pwd -P)

# Python and the mitmproxy that goes with it. mitmproxy 12 needs Python 3.12.
ends=("3.11 mitmproxy==11.0.2" "3.13 mitmproxy>=12,<13")
for end in "${ends[@]}"; do
    if [ "${1:-}" = "${end%% *}" ]; then
        ends=("$end")
        shift
        break
    fi
done

# Prints the real path of the interpreter behind a command, when it runs and is of the wanted version.
really() {
    local wanted=$1
    shift
    "$@" -c '
import sys
if "%d.%d" % sys.version_info[:2] != sys.argv[1]:
    sys.exit(1)
print(sys._base_executable)' "$wanted" 2>/dev/null
}

find_python() {
    local version=$1 folder on_path
    really "$version" "python$version" && return
    # pyenv's python3.13 says "command not found" unless that version is selected, so look where it keeps them.
    on_path=$(command -v "python$version" || true)
    for folder in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv" "${on_path%/shims/*}" "$(pyenv root 2>/dev/null)"; do
        [ -d "$folder/versions" ] || continue
        while read -r python; do
            really "$version" "$python" && return
        done < <(printf '%s\n' "$folder/versions/$version".*/bin/python | sort -rV)
    done
    command -v uv >/dev/null && really "$version" "$(uv python find "$version" 2>/dev/null)"
}

set_up() {
    local python=$1 venv=$2 mitmproxy=$3
    if command -v uv >/dev/null; then
        uv venv --allow-existing --python "$python" "$venv"
        uv pip install --python "$venv/bin/python" -e '.[dev]' "$mitmproxy"
    else
        "$python" -m venv "$venv"
        "$venv/bin/python" -m pip --disable-pip-version-check install -e '.[dev]' "$mitmproxy"
    fi
}

# Both interpreters first: no use in running one half for minutes when the other is missing.
pythons=()
for end in "${ends[@]}"; do
    version=${end%% *}
    if ! python=$(find_python "$version") || [ -z "$python" ]; then
        echo "test-matrix: needs Python $version: no python$version on PATH runs, and neither pyenv nor uv has one." >&2
        exit 1
    fi
    pythons+=("$python")
done

failed=()
for i in "${!ends[@]}"; do
    version=${ends[i]%% *} mitmproxy=${ends[i]#* }
    venv=.venv-matrix/$version
    wanted="$(cat pyproject.toml addon/startup/*.p* tests/matrix.sh | cksum) $root ${pythons[i]} $mitmproxy"
    if [ "$wanted" != "$(cat "$venv/stamp" 2>/dev/null || true)" ]; then
        echo "Setting up $venv ($mitmproxy) ..."
        rm -rf "$venv"
        mkdir -p "$venv"
        # A process of its own: inside a condition bash forgets -e.
        if ! (export -f set_up; bash -ec 'set_up "$@"' _ "${pythons[i]}" "$venv" "$mitmproxy") \
            >"$venv/setup.log" 2>&1 </dev/null; then
            echo "test-matrix: that failed; the end of $root/$venv/setup.log:" >&2
            tail -n 20 "$venv/setup.log" >&2
            exit 1
        fi
        echo "$wanted" >"$venv/stamp"
    fi
    "$venv/bin/python" -c '
import platform
from importlib.metadata import version
print("== Python", platform.python_version(), "with mitmproxy", version("mitmproxy"), flush=True)'
    "$venv/bin/pytest" -q "$@" || failed+=("$version")
done
[ ${#failed[@]} -eq 0 ] || { echo "test-matrix: failed on Python ${failed[*]}" >&2; exit 1; }
