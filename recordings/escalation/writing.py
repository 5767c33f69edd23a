"""Members into a .zip. Equal members give equal bytes: no clock, no user, no machine stands in it."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

from recordings.escalation.manifest import Json, Manifest, encoded, listed
from recordings.escalation.members import CONTENTS, MANIFEST, MEMBERS

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The first that the format can tell: APPNOTE.TXT 4.4.6 (read 2026-11-20)."""
_UNIX: Final = 3
_PRIVATE_FILE: Final = 0o100600 << 16
_LEVEL: Final = 9


def written(contents: Mapping[str, bytes], facts: Mapping[str, Json]) -> bytes:
    """The bundle of `contents`, all but the manifest, which is made of `facts`."""
    if set(contents) != set(CONTENTS):
        raise ValueError(f"a bundle has {', '.join(CONTENTS)}")
    ordered = {name: contents[name] for name in CONTENTS}
    members = {**ordered, MANIFEST: encoded(Manifest(facts, listed(ordered)))}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name in MEMBERS:
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = _PRIVATE_FILE
            archive.writestr(info, members[name])
    return out.getvalue()


__all__ = ["written"]
