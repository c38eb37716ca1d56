from collections.abc import AsyncIterator

import pytest

from server.settings import Settings
from tests.server.kit import Running, running


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Running]:
    async with running(settings) as found:
        yield found
