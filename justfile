# Every tool is the one in .venv, so that another activated environment does not matter.
# Start with ./just, which makes .venv first.

set positional-arguments

bin := justfile_directory() / ".venv/bin"

# The recipes
[private]
default:
    @"{{ bin }}/just" --list --unsorted

# Play the causes against the sandbox, with the real Twilio client
demo *args:
    @"{{ bin }}/why20003" demo "$@"

# The tests; arguments go to pytest: ./just test -k foo
test *args:
    @tests/chromium.sh
    @tests/clients.sh
    @tests/tmux.sh
    @"{{ bin }}/pytest" -q "$@"

# All that is asked of a change: lint, and the tests (import fences among them) with branch coverage
check: lint (test "--cov" "--cov-report=term")

# Format, lint, types
lint:
    "{{ bin }}/ruff" format --check .
    "{{ bin }}/ruff" check .
    "{{ bin }}/mypy"

# Format, and mend what ruff can mend
fmt:
    "{{ bin }}/ruff" format .
    "{{ bin }}/ruff" check --fix .

# The tests on Python 3.11 with mitmproxy 11.0.2 and on 3.13 with the newest; on one of them: ./just test-matrix 3.13
test-matrix *args:
    @tests/matrix.sh "$@"

# What the engine costs, reading and redacting recordings, the start of run, and the addon for each request (arguments go there)
bench *args:
    @"{{ bin }}/python" bench/engine.py
    -@"{{ bin }}/python" bench/reading.py --rounds 1 --memory
    @"{{ bin }}/python" bench/redaction.py
    -@"{{ bin }}/python" bench/launch.py
    @"{{ bin }}/python" bench/proxy.py "$@"

# What other tools leave in a capture that they cleaned, beside redact: the table of docs/redaction.md; fetches them first
bench-redaction *args:
    @"{{ bin }}/python" bench/redaction_peers.py "$@"

# 100,000 exchanges with faults of every kind through the real proxy: bytes, recording, memory, file descriptors
soak *args:
    @PYTHONPATH=tests "{{ bin }}/python" -m soak "$@"

# How often the engine is right: labelled cases, samples, a generated corpus; writes docs/accuracy.md
score *args:
    @"{{ bin }}/python" -m score "$@"

# Which small changes of analyzers/ no test notices, into docs/mutants.md; a module takes minutes, all of them hours
mutants *args:
    @"{{ bin }}/python" -c "import mutmut" 2>/dev/null || "{{ bin }}/python" -m pip install --quiet -e ".[mutation]"
    @PYTHONPATH=tests "{{ bin }}/python" -m mutation "$@"

# Write the sample captures anew
samples:
    @"{{ bin }}/python" tests/remake_samples.py

# Write the golden files anew; read the diff before you keep it
golden:
    @"{{ bin }}/pytest" -q --golden-update

# Write docs/causes.md anew, the page of every cause
docs:
    @"{{ bin }}/why20003" explain --all --format markdown >docs/causes.new || { rm docs/causes.new; exit 1; }
    @mv docs/causes.new docs/causes.md
