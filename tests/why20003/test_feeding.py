import gzip
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from why20003 import feeding, judging
from why20003.feeding import (
    BadEntry,
    Corrected,
    Diagnosed,
    Found,
    Progress,
    RecordingBegun,
    RecordingEnded,
    Unreadable,
    diagnosed_events,
    diagnosed_files,
)

SAMPLES = Path(__file__).resolve().parents[2] / "recordings" / "samples"
NAMES = ["halves-swapped", "two-secrets-in-use", "ok", "stripped-on-redirect", "key-lacks-reach"]
FILES = [str(SAMPLES / f"{name}.mitm") for name in NAMES]


@pytest.fixture(params=[1, 2, 4])
def jobs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(feeding, "processors", lambda: request.param)
    number: int = request.param
    return number


def read(names: list[str]) -> list[Diagnosed | Unreadable]:
    return [*diagnosed_files(names, (), progress=None)]


def known(found: Diagnosed | Unreadable) -> Diagnosed:
    assert isinstance(found, Diagnosed), found
    return found


def test_any_number_of_processes_gives_the_same(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read([*FILES, "no-such-file.mitm"])
    monkeypatch.setattr(feeding, "processors", lambda: 1)
    assert found == read([*FILES, "no-such-file.mitm"])
    assert [one.path for one in found] == [*FILES, "no-such-file.mitm"]
    assert isinstance(found[-1], Unreadable)
    assert found[-1].says.startswith("No such file or directory; ")
    assert known(found[0]).refused == 1


def test_a_secret_has_one_number_in_all_recordings(jobs: int, tmp_path: Path) -> None:
    again = tmp_path / "again.mitm"
    shutil.copy(FILES[0], again)
    first, other, same = (known(one) for one in read([FILES[0], FILES[4], str(again)]))
    numbers = [
        [diagnosis.credential.fingerprint for diagnosis, _ in one.diagnoses if diagnosis.credential]
        for one in (first, other, same)
    ]
    assert numbers[0] == numbers[2] == ["sec#1"]
    assert "sec#1" not in numbers[1]
    assert "sec#2" in numbers[1]


def test_each_member_of_an_archive_is_a_recording(jobs: int, tmp_path: Path) -> None:
    archive = tmp_path / "case.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a/one.mitm", Path(FILES[0]).read_bytes())
        packed.writestr("notes.txt", "nothing of interest")
        packed.writestr("broken.har", '{"log": {"entries": 5}}')
        packed.writestr("two.mitm.gz", gzip.compress(Path(FILES[2]).read_bytes()))
    found = read([str(archive), FILES[0]])
    paths = [one.path for one in found]
    assert f"{archive}/a/one.mitm" in paths
    assert paths[-1] == FILES[0]
    bad = [one for one in found if isinstance(one, Unreadable)]
    assert [one.path for one in bad] == [f"{archive}/broken.har"]
    assert "broken.har" not in bad[0].says


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    class Standard:
        buffer = io.BufferedReader(io.BytesIO(Path(FILES[0]).read_bytes()))

    monkeypatch.setattr("sys.stdin", Standard)
    found = known(read(["-"])[0])
    assert (found.path, found.refused) == ("-", 1)


def test_progress_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "processors", lambda: 1)
    monkeypatch.setattr(feeding, "_TOLD_EVERY", 2)
    monkeypatch.setattr(judging, "_BLOCK", 1)
    told: list[Progress] = []
    (found,) = diagnosed_files([FILES[1]], (), progress=told.append)
    assert [one.exchanges for one in told] == [*range(2, known(found).exchanges + 1, 2)]


def test_the_first_interruption_gives_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "processors", lambda: 1)
    monkeypatch.setattr(feeding, "_TOLD_EVERY", 1)
    monkeypatch.setattr(judging, "_BLOCK", 1)

    def press(progress: Progress) -> None:
        raise KeyboardInterrupt

    (found,) = diagnosed_files([FILES[0]], (), progress=press)
    assert known(found).refused == 1


def test_drawings_on_request() -> None:
    for drawn in (True, False):
        (found,) = diagnosed_files([FILES[0]], (), progress=None, drawn=drawn)
        assert [diagnosis.drawing is not None for diagnosis, _ in known(found).diagnoses] == [drawn]


def har(*entries: object) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": entries}})


@pytest.fixture
def damaged(tmp_path: Path) -> str:
    path = tmp_path / "damaged.har"
    entry = {"request": {"method": "GET", "url": "https://api.twilio.com/2010-04-01/Accounts.json", "headers": []}}
    path.write_text(har({"request": 7}, {**entry, "response": {"status": 401, "content": {"text": '{"code":20003}'}}}))
    return str(path)


def test_events_tell_everything_in_order(damaged: str) -> None:
    events = [*diagnosed_events([damaged, "no-such-file.mitm", FILES[0]], ())]
    assert [type(event) for event in events] == [
        RecordingBegun,
        BadEntry,
        Found,
        RecordingEnded,
        Unreadable,
        RecordingBegun,
        Found,
        RecordingEnded,
    ]
    ended = [event for event in events if isinstance(event, RecordingEnded)]
    assert [(one.recording, one.counts.refused, one.counts.damaged) for one in ended] == [(0, 1, 1), (1, 1, 0)]
    found = [event for event in events if isinstance(event, Found)]
    assert [(one.recording, one.index, one.diagnosis.index) for one in found] == [(0, 1, 1), (1, 0, 0)]


def test_the_last_word_of_the_events_is_that_of_the_files() -> None:
    for path in FILES:
        last: dict[int, object] = {}
        for event in diagnosed_events([path], ()):
            if isinstance(event, Found):
                last[event.index] = [(one.cause, one.verdict) for one in event.diagnosis.findings]
            elif isinstance(event, Corrected):
                causes = [(one.cause, one.verdict) for one in event.correction.now.findings]
                last.update(dict.fromkeys(event.correction.indexes, causes))
        whole = {
            place: [(one.cause, one.verdict) for one in diagnosis.findings]
            for diagnosis, places in known(read([path])[0]).diagnoses
            for place in places
        }
        assert last == whole
