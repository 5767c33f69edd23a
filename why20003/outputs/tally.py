"""How often each cause and each credential was refused, over all recordings; keeps one diagnosis for each cause."""

from analyzers.contract import Json, summary_json
from analyzers.diagnosis import Diagnosis


class Tally:
    """Counts while diagnoses pass."""

    def __init__(self) -> None:
        self._causes: dict[tuple[str, bool], tuple[Diagnosis, int]] = {}
        self._credentials: dict[tuple[str, str], int] = {}

    @property
    def faulty(self) -> bool:
        """Whether a refusal was counted that is not benign."""
        return any(count for (_, benign), (_, count) in self._causes.items() if not benign)

    @property
    def causes(self) -> list[tuple[Diagnosis, int]]:
        """A diagnosis for each cause, and how many there are, in order of first appearance."""
        return [counted for counted in self._causes.values() if counted[1]]

    def add(self, diagnosis: Diagnosis, count: int = 1) -> None:
        self._count(diagnosis, count)
        if (seen := diagnosis.credential) is not None:
            key = (seen.username, seen.fingerprint)
            self._credentials[key] = self._credentials.get(key, 0) + count

    def correct(self, before: Diagnosis, now: Diagnosis, count: int) -> None:
        """`count` refusals that were counted as `before` have become `now`."""
        self._count(before, -count)
        self._count(now, count)

    def json(self) -> dict[str, Json]:
        """``summary`` of the contract."""
        rows: list[Json] = [
            {"username": username, "fingerprint": fingerprint or None, "refused": count}
            for (username, fingerprint), count in self._credentials.items()
        ]
        return {**summary_json(self.causes), "by_credential": rows}

    def _count(self, diagnosis: Diagnosis, count: int) -> None:
        key = (diagnosis.top.cause if diagnosis.top else "", diagnosis.benign)
        example, before = self._causes.get(key, (diagnosis, 0))
        self._causes[key] = (example, before + count)
