"""Make the README's picture anew: a real run of mitmdump with the addon and of a program with its credentials swapped.

.venv/bin/python tests/remake_picture.py
"""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from analyzers.capture import diagnose_all
from analyzers.card import card
from analyzers.layout import COLOURS, wrapped
from recordings.opening import open_recording
from why20003.demo.play import application_environment, mitmdump, sandbox
from why20003.sandbox import LIVE

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "terminal.svg"
WIDTH = 108
PROGRAM = """\
from twilio.rest import Client
client = Client(auth_token, account_sid)
client.messages.create(to="+14155550100", from_="+14155550199", body="hello")
"""
# Rich's template loads its font from elsewhere; a picture in a README must not.
_WITHOUT_FONT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def main() -> int:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with sandbox(work) as (port, trusted), mitmdump(work, port, trusted, work / "c.mitm") as proxy:
            values = f"account_sid, auth_token = {LIVE.sid!r}, {LIVE.auth_token!r}\n"
            run = subprocess.run(
                [sys.executable, "-c", values + PROGRAM],
                env=application_environment(proxy),
                capture_output=True,
                text=True,
                check=False,
            )
            told = proxy.stop()
        exchanges = open_recording(work / "c.mitm").exchanges
    diagnosis = diagnose_all(exchanges, b"key")[-1].diagnosis
    if diagnosis is None or diagnosis.says not in told or diagnosis.says not in run.stderr:
        raise SystemExit("the run did not show what the picture is to show")
    console.print(Text("$ mitmdump -s addon --listen-host 127.0.0.1", style="bold"))
    for line in wrapped(card(diagnosis), WIDTH):
        console.print(Text.assemble(*((span.text, COLOURS[span.style]) for span in line)))
    console.print()
    console.print(Text("$ python app.py        # Client(auth_token, account_sid)", style="bold"))
    last = run.stderr.strip().splitlines()[-1]
    before, mark, after = last.partition("[why20003:")
    console.print(Text.assemble(before, (mark + after, "bold yellow")))
    PICTURE.write_text(console.export_svg(title="why20003", code_format=_WITHOUT_FONT), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
