"""`why20003 run` with real programs: what it shows, and that the program does not notice."""

import os
import re
import resource
import signal
import socket
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from canary import spotted
from live import leaked
from runs import PROGRAM, PYTHON, SECRETS, SID, TOKEN, URL, Place, eventually, place, twilio

from recordings.opening import open_recording
from why20003.mitmdump import program

URLLIB = f"""
import urllib.request, urllib.error, base64
request = urllib.request.Request("{URL}")
request.add_header("Authorization", "Basic " + base64.b64encode(b"{{0}}:{{1}}").decode())
try:
    print(urllib.request.urlopen(request).read().decode())
except urllib.error.HTTPError as error:
    print(error.read().decode())
"""
CLIENTS = {
    "curl": ["curl", "-s", "-u", "{0}:{1}", URL],
    "requests": [PYTHON, "-c", f"import requests; print(requests.get('{URL}', auth=('{{0}}', '{{1}}')).text)"],
    "httpx": [PYTHON, "-c", f"import httpx; print(httpx.get('{URL}', auth=('{{0}}', '{{1}}')).text)"],
    "urllib": [PYTHON, "-c", URLLIB],
    "bash": ["bash", "-c", f"x=$(bash -c \"curl -s -u '{{0}}:{{1}}' '{URL}'\"); echo \"$x\""],
}


def command(client: str, username: str, password: str) -> list[str]:
    return [word.replace("{0}", username).replace("{1}", password) for word in CLIENTS[client]]


@pytest.fixture(scope="module")
def reachable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with twilio(tmp_path_factory.mktemp("twilio")) as variables:
        yield variables


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path) as made:
        yield made


@pytest.fixture
def online(here: Place, reachable: dict[str, str]) -> Place:
    here.environment |= reachable
    return here


# --- what it shows ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("client", CLIENTS)
def test_a_swapped_pair_is_explained_when_the_program_has_ended(online: Place, client: str) -> None:
    done = online.run("--", *command(client, TOKEN, SID))
    told = done.stderr.decode()
    assert done.returncode == 0
    assert b"[why20003: The halves are swapped" in done.stdout
    assert told.startswith("✗ halves-swapped (confirmed)")
    assert told.endswith("why20003: 1 Twilio exchange seen\nRefusals by cause\n  1  halves-swapped\n")
    assert leaked(told, *SECRETS) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_good_pair_costs_one_line_and_changes_nothing(online: Place, client: str) -> None:
    direct = subprocess.run(
        command(client, SID, TOKEN), env={**online.environment, **trusting(online)}, capture_output=True, check=True
    )
    done = online.run(*command(client, SID, TOKEN))
    assert done.stderr.decode() == "why20003: 1 Twilio exchange seen, none refused\n"
    assert (done.returncode, undated(done.stdout)) == (0, undated(direct.stdout))


def trusting(online: Place) -> dict[str, str]:
    """What makes a client trust the sandbox without us."""
    ca = online.environment["SSL_CERT_FILE"]
    return {"REQUESTS_CA_BUNDLE": ca, "CURL_CA_BUNDLE": ca}


def undated(answer: bytes) -> bytes:
    return re.sub(rb"\d\d:\d\d:\d\d", b"", answer)


def test_quiet_says_nothing_of_what_went_well_and_everything_of_a_refusal(online: Place) -> None:
    assert online.run("-q", *command("curl", SID, TOKEN)).stderr == b""
    assert online.run("-q", *command("curl", TOKEN, SID)).stderr.startswith("✗ halves-swapped".encode())


def test_live_prints_while_the_program_runs(online: Place) -> None:
    call = " ".join(f"'{word}'" for word in command("curl", TOKEN, SID))
    process = online.start("--live", "--", "bash", "-c", f"{call} >/dev/null; read x", stdin=subprocess.PIPE)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("✗ halves-swapped".encode())
    assert process.poll() is None
    _, rest = process.communicate(b"\n", timeout=20)
    assert rest.endswith(b"  1  halves-swapped\n")


def test_exit_code_tells_of_a_refusal_only_where_the_program_told_of_nothing(online: Place) -> None:
    assert online.run("--exit-code", *command("curl", TOKEN, SID)).returncode == 1
    assert online.run("--exit-code", *command("curl", SID, TOKEN)).returncode == 0
    call = " ".join(f"'{word}'" for word in command("curl", TOKEN, SID))
    assert online.run("--exit-code", "bash", "-c", f"{call}; exit 7").returncode == 7


@pytest.mark.parametrize(
    ("level", "inside"), [("off", False), ("headers", False), ("body", False), ("message", True)], ids=str
)
def test_annotate(online: Place, level: str, inside: bool) -> None:
    done = online.run("--annotate", level, *command("curl", TOKEN, SID))
    assert (b"[why20003: " in done.stdout) is inside
    assert done.stderr.startswith("✗ halves-swapped".encode())


def test_record_appends_without_secrets(online: Place) -> None:
    for _ in range(2):
        online.run("--record", "a.mitm", *command("curl", SID, TOKEN + "%0A"))
    capture = online.root / "a.mitm"
    assert capture.stat().st_mode & 0o777 == 0o600
    assert len(list(open_recording(capture).exchanges)) == 2
    assert leaked(capture.read_bytes().decode("latin-1"), *SECRETS) == []


def test_hosts_outside_the_scope_keep_their_own_tls(online: Place) -> None:
    script = "import ssl, os, sys; print(open(os.environ['SSL_CERT_FILE']).read().count('BEGIN'))"
    done = online.run("curl", "-sv", "https://example.com/")
    assert b"issuer: O=why20003 sandbox;" in done.stderr
    assert b"went to other hosts only: example.com" in done.stderr
    opened = online.run("--scope", "twilio,*.example.com,example.com", "curl", "-sv", "https://example.com/")
    assert b"issuer: CN=why20003 throwaway" in opened.stderr
    assert int(online.run(PYTHON, "-c", script).stdout) > 1


def test_every_host_is_opened_on_demand(online: Place) -> None:
    done = online.run("--scope", "all", "curl", "-sv", "https://example.org/")
    assert b"issuer: CN=why20003 throwaway" in done.stderr
    assert done.returncode == 0


# --- why nothing was seen ---------------------------------------------------------------------------------------------
CONNECTING = r"""
exec 3<>/dev/tcp/127.0.0.1/${HTTPS_PROXY##*:}
echo -ne 'CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n' >&3
head -c 9 <&3
"""
UNSEEN = {
    "nothing": (["true"], "nothing connected to the proxy"),
    "ignored by Python": (
        [PYTHON, "-c", "import time; time.sleep(0.3)"],
        "ran (Python): perhaps with urllib3, httplib2 or http.client used directly",
    ),
    "variables lost": (
        ["bash", "-c", "env -u HTTPS_PROXY -u https_proxy sleep 0.4; :"],
        "sleep was started without our HTTPS_PROXY",
    ),
    "exempt": (["bash", "-c", "NO_PROXY=.twilio.com sleep 0.4; :"], "sleep was started with a NO_PROXY that exempts"),
    "another CA": (
        ["curl", "-s", "--cacert", "/etc/ssl/certs/ca-certificates.crt", URL],
        "seen: curl did not trust the proxy's certificate for api.twilio.com",
    ),
    "no client that we know": (
        [
            PYTHON,
            "-c",
            "import ssl, urllib.request as u; u.urlopen('"
            + URL
            + "', context=ssl.create_default_context(cafile='/etc/ssl/certs/ca-certificates.crt'))",
        ],
        "python did not trust the proxy's certificate for api.twilio.com",
    ),
    "connected only": (["bash", "-c", CONNECTING], "the program connected to api.twilio.com, but no request came"),
    "asked for nothing": (
        ["bash", "-c", "P=${HTTPS_PROXY##*:}; exec 3<>/dev/tcp/127.0.0.1/$P; sleep 0.2"],
        "connected to the proxy, but asked for nothing",
    ),
    "ended early": (["sh", "-c", "exit 3"], "It ended with exit code 3: perhaps before it made a request."),
}


@pytest.mark.parametrize("why", UNSEEN)
def test_why_nothing_was_seen(online: Place, why: str) -> None:
    words, says = UNSEEN[why]
    told = online.run("--", *words).stderr.decode()
    assert "why20003: no Twilio exchange was seen: " in told
    assert says in told
    assert "Twilio exchanges seen" not in told


# --- the program does not notice --------------------------------------------------------------------------------------
NOISE = """
import os, sys
os.write(1, bytes(range(256)) * 300)
os.write(2, b"\\x1b[31merr\\xff\\n")
os.write(1, b"no line end")
print(repr(sys.argv), file=sys.stderr)
sys.exit(5)
"""


def test_every_byte_of_both_streams_and_the_exit_code_are_the_programs(here: Place) -> None:
    words = [PYTHON, "-c", NOISE, "a b", "--live", "", "--", "é\n"]
    direct = subprocess.run(words, env=here.environment, capture_output=True, check=False)
    done = here.run("--", *words)
    assert (done.returncode, done.stdout) == (direct.returncode, direct.stdout) == (5, direct.stdout)
    assert done.stderr.startswith(direct.stderr)


def test_standard_input_is_the_programs(here: Place) -> None:
    given = bytes(range(256)) * 1000
    assert here.run("cat", given=given).stdout == given


def test_other_open_files_reach_the_program_and_ours_do_not(here: Place) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"from three")
    os.close(writing)
    listing = (
        "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/'+n)))"
    )
    process = here.start("bash", "-c", f'head -c 99 <&{reading}; {PYTHON} -c "{listing}"', pass_fds=[reading])
    os.close(reading)
    out, _ = process.communicate(timeout=30)
    assert out == f"from three[0, 1, 2, {reading}]\n".encode()


def test_the_program_is_in_the_launchers_process_group_with_default_signals(here: Place) -> None:
    script = (
        "import os, signal; print(os.getpgrp() == os.getpgid(os.getppid()), len(signal.pthread_sigmask(0, [])),"
        "[l.split()[1] for l in open('/proc/self/status') if l[:7] in ('SigBlk:', 'SigIgn:')])"
    )
    direct = subprocess.run(["sh", "-c", f"exec '{PYTHON}' -S -c \"{script}\""], capture_output=True, check=True)
    done = here.run(PYTHON, "-S", "-c", script)
    assert done.stdout.startswith(b"True 0 ")
    # Signals 32 and 33 are glibc's own, which posix_spawn leaves ignored; no program can use them.
    masks = [
        [int(mask, 16) & ~(3 << 31) for mask in re.findall(rb"'([0-9a-f]{16})'", told)]
        for told in (done.stdout, direct.stdout)
    ]
    assert masks[0] == masks[1]
    assert len(masks[0]) == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param(["sh", "-c", "exit 3"], 3, "", id="its-own"),
        pytest.param(["sh", "-c", "kill -9 $$"], 137, "", id="killed"),
        pytest.param(["sh", "-c", "kill -TERM $$"], 143, "", id="terminated"),
        pytest.param(["no-such-program"], 127, "no-such-program: command not found", id="not-found"),
        pytest.param(["./nothing"], 127, "./nothing: no such file", id="no-file"),
        pytest.param([""], 127, "CMD is empty", id="empty"),
        pytest.param(["./plain"], 126, "./plain: permission denied; it is not executable", id="not-executable"),
        pytest.param(["./"], 126, "./: is a folder", id="folder"),
        pytest.param(["./junk"], 126, "./junk: exec format error", id="not-a-program"),
        pytest.param(["./lost"], 127, "./lost: no such file", id="interpreter-missing"),
        pytest.param(["./bare"], 9, "", id="script-without-interpreter"),
        pytest.param([], 2, "run: CMD is missing, as in: why20003 run -- python app.py", id="no-cmd"),
        pytest.param(
            ["--annotate", "much", "true"], 2, "--annotate: expected off, headers, body or message", id="level"
        ),
        pytest.param(["--scope", "https://x/", "true"], 2, "why20003_scope: 'https://x/' is no host glob", id="scope"),
        pytest.param(["--record", "/proc/x/y", "true"], 3, "why20003_record: cannot write", id="record"),
        pytest.param(["--bogus", "true"], 2, "No such option: --bogus", id="unknown-option"),
    ],
)
def test_exit_codes(here: Place, words: list[str], code: int, says: str) -> None:
    for name, content, mode in (
        ("plain", b"echo\n", 0o644),
        ("junk", b"\x7fELF\0\0\0", 0o755),
        ("lost", b"#!/no/such/interpreter\n", 0o755),
        ("bare", b"exit 9\n", 0o755),
    ):
        (here.root / name).write_bytes(content)
        (here.root / name).chmod(mode)
    done = here.run("--" if words and not words[0].startswith("--") else "-q", *words)
    told = done.stderr.decode()
    assert done.returncode == code
    if says:
        assert told.startswith(f"why20003: {says}")
        assert told.count("\n") == 1
    assert here.folders() == []


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        pytest.param({"HTTPS_PROXY": "socks5://127.0.0.1:1"}, "HTTPS_PROXY names a SOCKS proxy", id="socks"),
        pytest.param({"HTTPS_PROXY": f"http://u:{TOKEN}@/"}, "HTTPS_PROXY is no proxy URL", id="no-url"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_one_line(here: Place, variables: dict[str, str], says: str) -> None:
    done = here.run("true", env=variables)
    assert done.returncode == 3
    assert done.stderr.decode().startswith(f"why20003: {says}")
    assert done.stderr.count(b"\n") == 1
    assert leaked(done.stderr.decode(), TOKEN) == []


@pytest.mark.parametrize("home", ["/proc/nowhere", "", None])
def test_no_home_is_needed(here: Place, home: str | None) -> None:
    if home is None:
        del here.environment["HOME"]
    else:
        here.environment["HOME"] = home
    assert here.run("sh", "-c", "exit 4").returncode == 4


def test_mitmdump_that_is_missing_is_one_line(here: Place) -> None:
    made = here.root / "bin"
    made.mkdir()
    (made / "python").symlink_to(PYTHON)
    script = (
        f"import sys; sys.executable = '{made}/python'; from why20003.cli import main; sys.exit(main(['run', 'true']))"
    )
    done = subprocess.run(
        [PYTHON, "-c", script], env={**here.environment, "PATH": "/usr/bin:/bin"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
    assert done.stderr.startswith(b"why20003: mitmdump was not found")


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a network of its own, which needs root")
def test_no_free_port_is_one_line(here: Place) -> None:
    script = textwrap.dedent(f"""
        import fcntl, os, socket, struct, subprocess, sys
        with socket.socket() as s:
            fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 1))
        open("/proc/sys/net/ipv4/ip_local_port_range", "w").write("40000 40000")
        held = socket.create_server(("127.0.0.1", 40000))
        sys.exit(subprocess.call(["{PROGRAM}", "run", "true"]))
    """)
    done = subprocess.run(
        ["unshare", "--net", PYTHON, "-c", script], env=here.environment, capture_output=True, check=False
    )
    if b"unshare" in done.stderr:
        pytest.skip("cannot make a network of its own here")
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
    assert done.stderr.startswith(b"why20003: the proxy could not start: ")
    assert b"address already in use" in done.stderr.lower()


def test_standard_error_that_is_closed_changes_nothing(here: Place) -> None:
    done = subprocess.run(
        ["sh", "-c", f"'{PROGRAM}' run -- sh -c 'echo out; exit 6' 2>&- <&-"],
        env=here.environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (6, b"out\n", b"")


# --- signals ----------------------------------------------------------------------------------------------------------
CATCHING = """
import os, signal, sys, time
def caught(number, frame):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")  # print must not interrupt itself
    if number != signal.SIGUSR1:
        time.sleep(0.1)
        sys.exit(11)
for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(one, caught)
print("ready", flush=True)
while True:
    time.sleep(1)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda one: one.name)
def test_a_signal_to_the_launcher_reaches_the_program_which_ends_first(here: Place, number: signal.Signals) -> None:
    process = here.start("--", PYTHON, "-c", CATCHING)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGUSR1)
    assert process.stdout.readline() == b"SIGUSR1\n"
    process.send_signal(number)
    out, told = process.communicate(timeout=20)
    assert (process.returncode, out) == (11, f"{number.name}\n".encode())
    assert told.startswith(b"why20003: no Twilio exchange was seen")
    assert here.folders() == []


def test_a_signal_that_is_ignored_stays_ignored(here: Place) -> None:
    process = here.start(
        "--", "sh", "-c", "kill -HUP $$; echo alive", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, b"alive\n")


# --- what it leaves behind --------------------------------------------------------------------------------------------
def listening(here: Place) -> set[int]:
    """Ports on which a process of a run here listens."""
    inodes = {
        str(handle.readlink())
        for pid in here.processes()
        for handle in Path(f"/proc/{pid}/fd").iterdir()
        if handle.is_symlink()
    }
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(line[1].partition(":")[2], 16) for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in inodes}


SERVER = ["bash", "-c", "echo up; sleep 300 & python3 -c 'import time; time.sleep(300)' & sleep 300"]


def up(here: Place, *options: str) -> "subprocess.Popen[bytes]":
    process = here.start(*options, "--", *SERVER)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


def test_nothing_is_left_after_a_run(here: Place) -> None:
    here.run("true")
    assert (here.processes(), [*here.temporary.iterdir()], [*(here.root / "home").iterdir()]) == ({}, [], [])


def test_nothing_is_left_after_kill_9_of_the_launcher(here: Place) -> None:
    process = up(here)
    [folder] = here.folders()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "mitmproxy-ca.pem").stat().st_mode & 0o777 == 0o600
    assert len(listening(here)) == 1
    process.kill()
    process.wait()
    assert eventually(lambda: not here.processes() and not here.folders())


def test_a_program_that_does_not_want_to_end_is_ended_too(here: Place) -> None:
    script = (
        "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n"
        "print('up', flush=True)\ntime.sleep(300)"
    )
    process = here.start("--", "setsid", PYTHON, "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.kill()
    process.wait()
    assert eventually(lambda: not here.processes() and not here.folders())


@pytest.mark.parametrize("after", [0.05, 0.2, 0.35, 0.5, 0.7, 0.9])
def test_kill_9_at_any_time_of_the_start_leaves_nothing_that_the_next_start_does_not_remove(
    here: Place, after: float
) -> None:
    process = here.start("--", "sleep", "300")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(after)
    process.kill()
    process.wait()
    assert eventually(lambda: not here.processes())
    here.run("true")
    assert [one for one in here.folders() if (one / "lock").exists()] == []
    assert [one for one in here.folders() if list(one.iterdir())] == []


def test_kill_9_of_launcher_and_proxy_leaves_a_folder_that_the_next_start_removes(here: Place) -> None:
    process = up(here)
    proxy = here.mitmdump()
    for pid in (process.pid, proxy):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    [old] = here.folders()
    here.run("true")
    assert not old.exists()


def test_the_program_goes_on_when_the_proxy_is_killed_and_hears_of_it_at_the_end(online: Place) -> None:
    process = online.start(
        "--", "bash", "-c", f"echo up; read x; curl -sS {URL} 2>/dev/null; exit 8", stdin=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    os.kill(online.mitmdump(), signal.SIGKILL)
    _, told = process.communicate(b"\n", timeout=20)
    assert process.returncode == 8
    assert told.decode().startswith(
        "why20003: the proxy ended before the program did (killed by signal 9): its requests failed from then on\n"
    )
    assert online.folders() == []


def test_runs_at_the_same_time_do_not_disturb_each_other(online: Place) -> None:
    call = " ".join(f"'{word}'" for word in command("curl", TOKEN, SID))
    first = up(online)
    several = [online.start("--", "bash", "-c", f"{call}; exit {n}") for n in range(1, 4)]
    for number, process in enumerate(several, 1):
        out, told = process.communicate(timeout=60)
        assert process.returncode == number
        assert b"halves-swapped" in out
        assert b"why20003: 1 Twilio exchange seen\n" in told
    assert len(online.folders()) == 1
    first.terminate()
    first.wait(20)
    assert online.folders() == []


def test_a_process_that_is_left_behind_is_named_and_may_be_waited_for(here: Place) -> None:
    # As soon as it is called sleep: until then it is a second bash.
    script = "sleep 3 >/dev/null 2>&1 & until grep -qx sleep /proc/$!/comm; do :; done; exit 5"
    done = here.run("bash", "-c", script)
    assert done.returncode == 5
    assert b"why20003: sleep (process " in done.stderr
    assert b"still runs; its requests fail from now on" in done.stderr
    waited = here.run("--wait", "bash", "-c", script)
    assert waited.returncode == 5
    assert b"bash has ended, but not " in waited.stderr
    assert b"still runs;" not in waited.stderr


def test_waiting_ends_with_a_signal(here: Place) -> None:
    process = here.start("--wait", "bash", "-c", "sleep 60 >/dev/null 2>&1 & exit 5")
    assert process.stderr is not None
    assert b"bash has ended, but not " in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 5
    assert b"still runs; its requests fail from now on" in told


# --- secrets ----------------------------------------------------------------------------------------------------------
def test_no_secret_stands_in_what_it_prints_names_or_shows_in_the_list_of_processes(
    online: Place, tmp_path: Path
) -> None:
    login = "q7Wv2Jx9Lm4Tz8Rb"
    proxy = online.environment["HTTPS_PROXY"].replace("http://", f"http://user:{login}@")
    (online.root / ".env").write_text(f"TWILIO_API_SECRET={SECRETS[1]}\n")
    call = "requests.get(url, auth=(os.environ['TWILIO_AUTH_TOKEN'], os.environ['TWILIO_ACCOUNT_SID']))"
    script = f"import os, requests; url = '{URL}'; {call}; print('up', flush=True); input()"
    process = online.start(
        *("--record", "a.mitm", "--", PYTHON, "-c", script),
        env={"HTTPS_PROXY": proxy, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_ACCOUNT_SID": SID},
        stdin=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    [folder] = online.folders()
    shown = "\n".join(online.processes().values()).encode()
    names = "\n".join(str(path) for path in folder.rglob("*")).encode()
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pem")
    _, told = process.communicate(b"\n", timeout=20)
    values = [value.encode() for value in (*SECRETS, login)]
    assert b"halves-swapped" in told
    for what in (shown, names, told, (online.root / "a.mitm").read_bytes()):
        assert spotted(what, values) == []
    assert not any(value in held for value in values)


def test_the_credentials_that_the_program_may_have_taken_are_known_to_the_proxy(online: Place) -> None:
    wrong = SECRETS[1]
    (online.root / ".env").write_text(f"TWILIO_API_SECRET={wrong}\nTWILIO_AUTH_TOKEN={TOKEN}\n")
    done = online.run(*command("curl", SID, wrong))
    assert b"TWILIO_API_SECRET" in done.stderr
    assert leaked(done.stderr.decode(), *SECRETS) == []


# --- the proxy in front of ours ---------------------------------------------------------------------------------------
def test_the_login_of_the_proxy_in_front_is_sent_to_it(here: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = f"http://ann:p%20w@127.0.0.1:{server.getsockname()[1]}"
        process = here.start(*command("curl", SID, TOKEN), env={"HTTPS_PROXY": proxy})
        server.settimeout(20)
        connection, _ = server.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        connection.close()
        process.communicate(timeout=20)
    assert head.startswith(b"CONNECT api.twilio.com:443 ")
    assert b"proxy-authorization: basic yw5uonagdw==" in head.lower()


def test_start_and_end_cost_less_than_a_second_and_a_half(here: Place) -> None:
    """Of the processors, mitmdump included; on a slow machine less than twice what mitmdump needs for its version."""
    took = processor(lambda: here.run("true"))
    if took >= 1.5:
        mitmdump = str(program())
        assert took < 2 * processor(lambda: subprocess.run([mitmdump, "--version"], check=True, capture_output=True))


def processor(work: Callable[[], object]) -> float:
    """Seconds of the processes that `work` starts and sees end; the clock shows what else runs: bench/launch.py."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
