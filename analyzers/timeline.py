"""What one credential met in a capture: where Twilio accepted it and where not, first and last.

Only firsts and lasts are kept, as minima and maxima by time, so the order in which concurrent exchanges were recorded
does not matter, and the cost of one more exchange is constant.
"""

from dataclasses import replace

from analyzers.bearing import Sighting

MOST_PLACES = 12
"""Hosts and accounts kept for one credential."""
MOST_DEEDS = 48
"""Kinds of calls kept for one credential."""
Deed = tuple[object, ...]
"""What makes two calls the same kind: they need the same right of a key."""


class Last:
    """The latest of some exchanges. One more of the same client only moves its place and time."""

    __slots__ = ("_sighting", "at", "index")

    def __init__(self) -> None:
        self._sighting: Sighting | None = None
        self.index = -1
        self.at: float | None = None

    def note(self, sighting: Sighting) -> None:
        """Keep `sighting` if it is later than what is kept."""
        if self._sighting is None or self.precedes(sighting):
            self._sighting, self.index, self.at = sighting, sighting.index, sighting.at

    def move(self, index: int, at: float | None) -> None:
        """The same once more, at another time."""
        self.index, self.at = index, at

    def move_on(self, index: int, at: float | None) -> None:
        """As `move`, unless that would be back in time."""
        if _order(self.at, self.index, at, index) < 0:
            self.move(index, at)

    def precedes(self, other: Sighting) -> bool:
        """Whether what is kept is earlier than `other`; False for nothing."""
        return self._sighting is not None and _order(self.at, self.index, other.at, other.index) < 0

    def follows(self, other: Sighting) -> bool:
        """Whether what is kept is later than `other`; False for nothing."""
        return self._sighting is not None and _order(self.at, self.index, other.at, other.index) > 0

    @property
    def sighting(self) -> Sighting | None:
        """What is kept; None for nothing."""
        kept = self._sighting
        if kept is None or kept.index == self.index:
            return kept
        return replace(kept, index=self.index, at=self.at)


class Track:
    """What one credential met on one host with one account in the path."""

    __slots__ = ("accepted_first", "accepted_last", "failing_since")

    def __init__(self) -> None:
        self.accepted_first: Sighting | None = None
        self.accepted_last = Last()
        self.failing_since: Sighting | None = None

    def accept(self, sighting: Sighting) -> None:
        """Note a 2xx."""
        if self.accepted_first is None or earlier(sighting, self.accepted_first):
            self.accepted_first = sighting
        self.accepted_last.note(sighting)

    def refuse(self, sighting: Sighting) -> None:
        """Note a 401 or 403."""
        last, since = self.accepted_last, self.failing_since
        if last.follows(sighting):
            return
        stale = since is not None and last.follows(since)
        if since is None or stale or earlier(sighting, since):
            self.failing_since = sighting

    def worked_before(self, sighting: Sighting) -> Sighting | None:
        """The last known 2xx before `sighting`."""
        if self.accepted_last.precedes(sighting):
            return self.accepted_last.sighting
        first = self.accepted_first
        return first if first is not None and earlier(first, sighting) else None

    def works_after(self, sighting: Sighting) -> Sighting | None:
        """A 2xx after `sighting`."""
        return self.accepted_last.sighting if self.accepted_last.follows(sighting) else None


class Timeline:
    """The tracks of one credential, for each host and account in the path; the least recently used are forgotten."""

    __slots__ = ("_deeds", "latest", "refused", "tracks")

    def __init__(self) -> None:
        self.tracks: dict[tuple[str, bytes | None], Track] = {}
        self.latest = Last()
        """The last 2xx anywhere."""
        self.refused = Last()
        """The last refusal anywhere."""
        self._deeds: dict[Deed, Sighting] = {}

    def track(self, host: str, account: bytes | None) -> Track:
        """The track of one host and account, made if there is none."""
        key = (host, account)
        found = self.tracks.pop(key, None) or Track()
        self.tracks[key] = found
        if len(self.tracks) > MOST_PLACES:
            del self.tracks[next(iter(self.tracks))]
        return found

    def accept(self, sighting: Sighting, deed: Deed | None) -> Track:
        """Note a 2xx, and what kind of call it was for a credential whose rights may be limited."""
        track = self.track(sighting.host, sighting.account)
        track.accept(sighting)
        self.latest.note(sighting)
        if deed is not None:
            first = self._deeds.get(deed)
            if first is None or earlier(sighting, first):
                self._deeds[deed] = sighting
            if len(self._deeds) > MOST_DEEDS:
                del self._deeds[next(iter(self._deeds))]
        return track

    def refuse(self, sighting: Sighting) -> None:
        """Note a 401 or 403."""
        self.track(sighting.host, sighting.account).refuse(sighting)
        self.refused.note(sighting)

    @property
    def knows_deeds(self) -> bool:
        """Whether any kind of call was noted."""
        return bool(self._deeds)

    def did(self, deed: Deed, sighting: Sighting) -> Sighting | None:
        """The first 2xx before `sighting` of a call of the same kind."""
        first = self._deeds.get(deed)
        return first if first is not None and earlier(first, sighting) else None

    def accepted(self) -> tuple[Sighting, ...]:
        """The last 2xx of every track, the latest first."""
        found = [last for track in self.tracks.values() if (last := track.accepted_last.sighting) is not None]
        return tuple(sorted(found, key=lambda one: (one.at or 0.0, one.index), reverse=True))


def settled(accepted: Last, refused: Last) -> bool:
    """Whether nothing was refused since the last 2xx."""
    last = refused.sighting
    return last is None or accepted.follows(last)


def earlier(one: Sighting, other: Sighting) -> bool:
    """Whether `one` began before `other`: by the clock, else by the place in the capture."""
    return _order(one.at, one.index, other.at, other.index) < 0


def _order(at: float | None, index: int, other_at: float | None, other_index: int) -> int:
    if at is not None and other_at is not None and at != other_at:
        return -1 if at < other_at else 1
    return (index > other_index) - (index < other_index)
