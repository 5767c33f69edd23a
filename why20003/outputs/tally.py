"""How often each cause and each credential was refused, over all recordings; keeps one diagnosis for each cause."""

from analyzers.contract import Json
from analyzers.diagnosis import Diagnosis
from why20003.encoded import Encoded


class Tally:
    """Counts while diagnoses pass."""

    def __init__(self) -> None:
        self._causes: dict[tuple[str, bool], int] = {}
        self._examples: dict[tuple[str, bool], Diagnosis] = {}
        self._credentials: dict[tuple[str, str], int] = {}

    @property
    def faulty(self) -> bool:
        """Whether a refusal was counted that is not benign."""
        return any(count for (_, benign), count in self._causes.items() if not benign)

    @property
    def causes(self) -> list[tuple[Diagnosis, int]]:
        """A diagnosis for each cause, and how many there are, in order of first appearance."""
        return [(self._examples[key], count) for key, count in self._causes.items() if count]

    def add(self, diagnosis: Diagnosis, count: int = 1) -> None:
        """`count` refusals that were diagnosed so."""
        self._count(diagnosis, count)
        if (seen := diagnosis.credential) is not None:
            self._count_credential(seen.username, seen.fingerprint, count)

    def add_encoded(self, one: Encoded) -> None:
        """As `add`; `causes` knows nothing of these."""
        key = (one.cause, one.benign)
        self._causes[key] = self._causes.get(key, 0) + len(one.indexes)
        if one.username is not None:
            self._count_credential(one.username, one.fingerprint, len(one.indexes))

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
        causes: dict[str, Json] = {}
        for (cause, benign), count in self._causes.items():
            if count:
                name = "benign" if benign else cause or "unexplained"
                causes[name] = count + (counted if isinstance(counted := causes.get(name), int) else 0)
        return {"by_cause": causes, "by_credential": rows}

    def _count(self, diagnosis: Diagnosis, count: int) -> None:
        key = (diagnosis.top.cause if diagnosis.top else "", diagnosis.benign)
        self._examples.setdefault(key, diagnosis)
        self._causes[key] = self._causes.get(key, 0) + count

    def _count_credential(self, username: str, fingerprint: str, count: int) -> None:
        key = (username, fingerprint)
        self._credentials[key] = self._credentials.get(key, 0) + count
