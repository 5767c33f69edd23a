import pytest
from quiet_assertions import pytest_assertrepr_compare

__all__ = ["pytest_assertrepr_compare"]  # pytest calls it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture
def golden_update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden-update"))
