import pytest
from redaction_tools import Tools, tools_of

from recordings.redaction.known import Known


@pytest.fixture
def known() -> Known:
    return Known()


@pytest.fixture
def tools(known: Known) -> Tools:
    """What redacts, with nothing learnt but what the test puts into `known`."""
    return tools_of(known)


@pytest.fixture
def learner(known: Known) -> Tools:
    """What learns, into the same `known`."""
    return tools_of(known, learning=True)


@pytest.fixture
def hiding(known: Known) -> Tools:
    return tools_of(known, hide_sids=True)
