"""`mitmdump -s addon`: the module that teaches mitmproxy to take a folder or an installed package."""

import importlib
import importlib.util
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from mitmproxy import exceptions
from mitmproxy.test import taddons

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "addon/startup/_why20003_startup.py"
PTH = ROOT / "addon/startup/why20003.pth"
TARGET = "mitmproxy.addons.script"
PATIENCE = 60  # seconds; a start takes about one


@pytest.fixture
def startup(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as it is in this tree, freshly run, whatever was installed and has done its work already."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    spec = importlib.util.spec_from_file_location("startup_under_test", SOURCE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with scripts, folders with and without one, and site/ for installed packages."""
    for script in (
        "script.py",
        "plugin/script.py",
        "plugin/other.py",
        "file.py",
        "site/installed_plugin/script.py",
    ):
        path = tmp_path / script
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("addons = []\n")
    (tmp_path / "site/installed_plugin/__init__.py").write_text("raise RuntimeError('must not be imported')\n")
    (tmp_path / "site/without_script").mkdir()
    (tmp_path / "site/without_script/__init__.py").touch()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return tmp_path


class TestResolve:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("plugin", "plugin/script.py"),
            ("plugin/", "plugin/script.py"),
            ("./plugin", "plugin/script.py"),
            ("'plugin' ", "plugin/script.py"),
            ("installed_plugin", "site/installed_plugin/script.py"),
        ],
    )
    def test_what_holds_a_script(self, startup: ModuleType, folder: Path, typed: str, expected: str) -> None:
        assert startup.resolve(typed) == str(folder / expected)

    @pytest.mark.parametrize(
        "typed",
        [
            *("file.py", "plugin/script.py", "plugin/other.py", "nothing", "empty", "without_script"),
            *("", " ", "json", "sys", "__main__", "a.b", "json.decoder", "installed_plugin.script"),
            *("nul\0", "~nobody/x", "/"),
        ],
    )
    def test_the_rest_stays_as_it_is(self, startup: ModuleType, folder: Path, typed: str) -> None:
        assert startup.resolve(typed) == typed

    def test_home(self, startup: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.setenv("USERPROFILE", str(folder))
        assert startup.resolve("~/plugin") == str(folder / "plugin/script.py")

    def test_a_folder_goes_before_a_package_of_its_name(self, startup: ModuleType, folder: Path) -> None:
        (folder / "installed_plugin").mkdir()
        assert startup.resolve("installed_plugin") == str(folder / "site/installed_plugin/script.py")
        (folder / "installed_plugin/script.py").touch()
        assert startup.resolve("installed_plugin") == str(folder / "installed_plugin/script.py")

    def test_the_package_is_not_imported(self, startup: ModuleType, folder: Path) -> None:
        startup.resolve("installed_plugin")
        assert "installed_plugin" not in sys.modules


@pytest.fixture
def import_script(monkeypatch: pytest.MonkeyPatch) -> Callable[[], ModuleType]:
    """Imports mitmproxy's script module as if for the first time; the test's end brings back the old one."""
    package = importlib.import_module("mitmproxy.addons")
    monkeypatch.setattr(package, "script", importlib.import_module(TARGET))

    def fresh() -> ModuleType:
        monkeypatch.delitem(sys.modules, TARGET)
        return importlib.import_module(TARGET)

    return fresh


class TestTeaching:
    async def test_a_folder_loads(
        self, startup: ModuleType, folder: Path, import_script: Callable[[], ModuleType]
    ) -> None:
        module = import_script()
        with taddons.context():
            script = module.Script("plugin", reload=False)
        assert script.fullpath == str(folder / "plugin/script.py")
        assert script.path == "plugin"
        assert script.name == "scriptmanager:plugin"
        assert script.ns.addons == []

    async def test_a_file_loads_as_before(
        self, startup: ModuleType, folder: Path, import_script: Callable[[], ModuleType]
    ) -> None:
        module = import_script()
        with taddons.context():
            script = module.Script("plugin/other.py", reload=False)
        assert (script.path, script.fullpath) == ("plugin/other.py", "plugin/other.py")

    def test_a_wrong_name_gets_mitmproxys_own_error(
        self, startup: ModuleType, folder: Path, import_script: Callable[[], ModuleType]
    ) -> None:
        with pytest.raises(exceptions.OptionsError, match=r"^No such script: nothing$"):
            import_script().Script("nothing", reload=False)

    def test_a_failing_search_leaves_the_answer_to_mitmproxy(
        self,
        startup: ModuleType,
        folder: Path,
        import_script: Callable[[], ModuleType],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.delattr(startup, "resolve")
        with pytest.raises(exceptions.OptionsError, match=r"^No such script: plugin$"):
            import_script().Script("plugin", reload=False)

    def test_nothing_of_it_stays(self, startup: ModuleType, import_script: Callable[[], ModuleType]) -> None:
        module = import_script()
        assert not [finder for finder in sys.meta_path if isinstance(finder, startup.Finder)]
        assert module.__spec__
        assert vars(module.__spec__.loader).keys() == {"name", "path"}

    def test_looking_for_the_module_is_not_importing_it(
        self, startup: ModuleType, import_script: Callable[[], ModuleType], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.delitem(sys.modules, TARGET)
            assert importlib.util.find_spec(TARGET)
        assert isinstance(sys.meta_path[0], startup.Finder)
        assert hasattr(import_script().Script.__init__, "__closure__")

    def test_other_modules_are_not_its_business(self, startup: ModuleType) -> None:
        assert startup.Finder().find_spec("json") is None

    def test_a_mitmproxy_without_the_class_imports_as_before(
        self, startup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "changed_script.py").write_text("Other = 1\n")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(startup, "TARGET", "changed_script")
        assert importlib.import_module("changed_script").Other == 1
        monkeypatch.delitem(sys.modules, "changed_script")

    @pytest.mark.parametrize("answer", [None, importlib.util.spec_from_loader(TARGET, None)])
    def test_a_mitmproxy_without_the_module(
        self, startup: ModuleType, monkeypatch: pytest.MonkeyPatch, answer: object
    ) -> None:
        class Other:
            def find_spec(self, *_args: object) -> object:
                return answer

        monkeypatch.setattr(sys, "meta_path", [Other()])
        assert startup.Finder().find_spec(TARGET) is None

    def test_a_broken_finder_of_somebody_else(self, startup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "meta_path", [object()])
        assert startup.Finder().find_spec(TARGET) is None


class TestEveryStartOfPython:
    def test_the_installed_module_is_this_one(self) -> None:
        spec = importlib.util.find_spec("_why20003_startup")
        assert spec, "not installed"
        assert spec.origin
        assert Path(spec.origin).read_text() == SOURCE.read_text(), "install anew"
        assert Path(spec.origin).with_name(PTH.name).read_text() == PTH.read_text(), "install anew"

    def test_nothing_but_the_startup_module_is_imported(self) -> None:
        def modules(statement: str) -> set[str]:
            # Without site-packages; other distributions' .pth files would be counted as ours.
            command = [sys.executable, "-S", "-c", f"{statement}\nimport sys\nprint(*sys.modules)"]
            return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())

        site = "import site"  # which every start runs, except for -S
        ours = f"{site}\nimport sys; sys.path.append({str(SOURCE.parent)!r})\n{PTH.read_text()}"
        assert modules(ours) - modules(site) == {"_why20003_startup"}

    def test_mitmproxy_is_not_imported(self) -> None:
        command = [
            sys.executable,
            "-c",
            "import sys; print('mitmproxy' in sys.modules, *map(type, sys.meta_path))",
        ]
        output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        assert output.startswith("False <class '_why20003_startup.Finder'>")

    @pytest.mark.parametrize("content", [None, "1 / 0", "not python"])
    def test_a_missing_or_broken_module_is_not_mentioned(self, tmp_path: Path, content: str | None) -> None:
        shutil.copy(PTH, tmp_path)
        if content:
            (tmp_path / "_why20003_startup.py").write_text(content)
        program = f"import site; site.addsitedir({str(tmp_path)!r}); print('goes on')"
        done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, check=True, text=True)
        assert (done.stdout, done.stderr) == ("goes on\n", "")


@pytest.fixture(scope="module")
def confdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, since making a certificate authority takes a while."""
    return tmp_path_factory.mktemp("confdir")


@pytest.fixture
def mitmdump(confdir: Path, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts the real thing on a free port and returns what it prints, up to the last of `awaits`."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str, *, cwd: Path, awaits: tuple[str, ...]) -> str:
        executable = str(Path(sys.executable).with_name("mitmdump.exe" if os.name == "nt" else "mitmdump"))
        process = subprocess.Popen(
            [
                *(executable, "--set", f"confdir={confdir}"),
                *("--listen-host", "127.0.0.1", "--listen-port", "0", "-s", script),
            ],
            cwd=cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return read_until(process, awaits)

    yield start
    for process in started:
        process.terminate()
        process.wait(PATIENCE)
        assert process.stdout
        process.stdout.close()


def read_until(process: subprocess.Popen[str], awaits: tuple[str, ...]) -> str:
    """The output up to the last of `awaits`, or all of it where the process ends before."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    output, deadline = "", time.monotonic() + PATIENCE
    while not all(text in output for text in awaits):
        try:
            line = lines.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            pytest.fail(f"waited {PATIENCE} s for {awaits}; mitmdump said:\n{output}")
        if line is None:
            break
        output += line
    return output


LISTENS = "proxy listening at"
TELLING = """
import logging
def running():
    logging.warning("loaded %s", __file__)
"""


class TestMitmdump:
    @pytest.mark.parametrize("typed", ["addon", "addon/", "addon/script.py"])
    def test_in_the_checkout(self, mitmdump: Callable[..., str], typed: str) -> None:
        output = mitmdump(typed, cwd=ROOT, awaits=(f"Loading script {typed}\n", LISTENS))
        assert LISTENS in output
        assert f"Loading script {typed}\n" in output
        assert "error in script" not in output

    @pytest.mark.parametrize("typed", ["addon", str(ROOT / "addon"), str(ROOT / "addon/script.py")])
    def test_in_another_folder(self, mitmdump: Callable[..., str], tmp_path: Path, typed: str) -> None:
        (tmp_path / "addon").mkdir()  # a folder of that name without a script.py does not matter
        output = mitmdump(typed, cwd=tmp_path, awaits=(f"Loading script {typed}\n", LISTENS))
        assert LISTENS in output
        assert f"Loading script {typed}\n" in output
        assert "error in script" not in output

    def test_the_script_of_a_folder_runs(self, mitmdump: Callable[..., str], tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine/script.py").write_text(TELLING)
        assert f"loaded {tmp_path / 'mine/script.py'}" in mitmdump("mine", cwd=tmp_path, awaits=("loaded",))

    def test_a_file_runs_as_before(self, mitmdump: Callable[..., str], tmp_path: Path) -> None:
        (tmp_path / "addon.py").write_text(TELLING)
        assert "loaded addon.py\n" in mitmdump("addon.py", cwd=tmp_path, awaits=("loaded",))

    @pytest.mark.parametrize("typed", ["nothing", "nothing.py", "json"])
    def test_a_wrong_name(self, mitmdump: Callable[..., str], tmp_path: Path, typed: str) -> None:
        output = mitmdump(typed, cwd=tmp_path, awaits=(LISTENS,))
        assert f"No such script: {typed}\n" in output
        assert LISTENS not in output
