"""docs/accuracy.md: the figures and what they mean."""

from collections.abc import Sequence

from score.table import Part, all_misses, by_cause, markdown, totals, without_fault

_HEAD = """# How often the diagnosis is right

Written by `./just score`; do not edit. The same tree gives the same bytes.

Three bodies of captures, each with its truth:

- labelled: recordings that were labelled by hand, beside the checkout, in two formats;
- samples: `recordings/samples`, made with real clients against the sandbox; the name of a file is its cause;
- corpus: {cases} generated captures with {exchanges} exchanges. A case is built from its cause: the generator knows the
  fault because it put it there, and imports nothing of the engine but the values that hold an exchange.

Top-1: the right cause leads, with at least the verdict that the capture earns, and a second fault of the same request
stands beside it. Wrong confirmed: a cause is called confirmed that is not there, or that this capture cannot prove;
counted for every exchange of every capture. False accusation: an exchange without a fault is diagnosed as a fault.

What the figures do not say: the truth of the corpus rests on [facts.md](facts.md) and [clients.md](clients.md), so it
measures whether the engine does what is known, not whether what is known is true. How often a cause happens to
developers is not modelled either: each has its forms, rare ones as well.
"""

_UNDECIDED = """{undecided} captures of the corpus count on neither side: nothing in them decides, so any cause may lead
or none, and only a wrong confirmed is a miss.
"""
_BY_CAUSE = """## By cause

Right of all, and the verdict with which the right cause led in all parts together (a capture may hold several
refusals). `two-faults` has two in one request.

"""


def document(parts: Sequence[Part]) -> str:
    """The whole text."""
    corpus = parts[-1]
    exchanges = sum(len(one.case.exchanges) for one in corpus.judged)
    undecided = sum(one.case.undecided for one in corpus.judged)
    sections = [
        _HEAD.format(cases=f"{len(corpus.judged):,}", exchanges=f"{exchanges:,}"),
        "## In all\n\n" + markdown(totals(parts)) + "\n",
        _UNDECIDED.format(undecided=undecided),
        _BY_CAUSE + markdown(by_cause(parts)) + "\n",
        "## Without a fault\n\n" + markdown(without_fault(parts)) + "\n",
        "## Misses\n\n" + _misses(parts),
    ]
    return "\n".join(sections)


def _misses(parts: Sequence[Part]) -> str:
    misses = all_misses(parts)
    if not misses:
        return "None.\n"
    lines = [
        f"- {miss.kind}: `{miss.case}` [{miss.index}]: wanted {miss.wanted}; found {miss.found}" for miss in misses
    ]
    return "`./just score --only ID --show` replays one.\n\n" + "\n".join(lines) + "\n"
