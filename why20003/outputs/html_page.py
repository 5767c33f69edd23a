"""``--format html``: one self-contained page that loads nothing and runs nothing."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import chain

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analyzers.card import answer_text, client_text, credential_text, escaped
from analyzers.contract import utc
from why20003 import versions
from why20003.feeding import Diagnosed, Unreadable
from why20003.outputs.words import complaints, counted, heading, judged, named

EXPLAINED = 500
"""How many diagnoses of a recording are told in full: nobody scrolls through tens of thousands."""
_SAYINGS = (answer_text, client_text, complaints, counted, credential_text, heading, judged, named, utc)


def pieces(recordings: Iterable[Diagnosed | Unreadable]) -> Iterator[bytes]:
    """The page, as far as the recordings have come. Nothing when nothing was read."""
    read = (recording for recording in recordings if isinstance(recording, Diagnosed))
    first = next(read, None)
    if first is None:
        return
    loader = PackageLoader("why20003.outputs")
    environment = Environment(
        loader=loader,
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update({saying.__name__: saying for saying in _SAYINGS})
    style = loader.get_source(environment, "report.css")[0]
    page = environment.get_template("report.html.j2").stream(
        recordings=chain([first], read),
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii"),
        limit=EXPLAINED,
        version=versions.of("why20003"),
    )
    page.enable_buffering(200)
    yield from (piece.encode() for piece in page)


def _shown(value: object) -> object:
    """What an expression of the template gives, with control characters written out; autoescape comes after."""
    return escaped(value) if type(value) is str else value
