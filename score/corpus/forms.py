"""A form: one concrete way in which a fault, or the lack of one, shows; it becomes as many cases as it is worth."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from score.corpus.scene import Scene
from score.truth import Case

Build = Callable[[Scene], None]


@dataclass(frozen=True, slots=True)
class Form:
    """How to build the cases of one form; each differs in client, host, resource, answer and secrets."""

    group: str
    name: str
    build: Build
    times: int

    def cases(self) -> Iterator[Case]:
        """Its cases; the same ones each time."""
        for number in range(self.times):
            name = f"{self.group}/{self.name}/{number}"
            scene = Scene(name)
            self.build(scene)
            yield scene.finished(name, self.group)


def family(group: str, times: int, builds: Mapping[str, Build]) -> tuple[Form, ...]:
    """The forms of one cause, or of one kind of faultless traffic."""
    return tuple(Form(group, name, build, times) for name, build in builds.items())
