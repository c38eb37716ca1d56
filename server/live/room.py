"""The room of the running classes: plugs the desk, its routes, messages, slots and taps into the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.house import House
from server.live import messages, routes, slots, socket, whip
from server.live.desk import LiveDesk
from server.live.feeds import Feeds
from server.live.groups import messages as groups_messages
from server.live.groups.desk import GroupsDesk
from server.live.ingest import INGEST_PREFIX, Ingests
from server.live.links import Links
from server.live.media import MediaDesk
from server.live.moderation import messages as moderation_messages
from server.live.moderation.desk import Moderator
from server.live.rechecks import Rechecks
from server.live.upkeep import Upkeep
from server.people.sessions import Sessions

__all__ = ["DECLARES", "open_room"]

DECLARES = (messages, moderation_messages, groups_messages, routes, slots, socket, whip)
"""Imported for what they declare."""


@asynccontextmanager
async def open_room(house: House) -> AsyncIterator[None]:
    """Open the live room; `server.people` and `server.plan` are open already."""

    def media(desk: LiveDesk) -> MediaDesk:
        made = MediaDesk(desk.find, desk.metrics)
        children = [f"vision{index}" for index in range(house.settings.vision_workers)]
        made.links = Links(house.settings.run_dir, house.settings.media_workers, made, tuple(children))
        return made

    desk = LiveDesk(house, media, Rechecks(house.part(Sessions)))
    house.add(desk)
    house.add(Moderator(desk))
    groups = GroupsDesk(desk)
    house.add(groups)
    ingests = Ingests(house)
    house.add(ingests)
    house.part(Sessions).others[INGEST_PREFIX] = ingests.identify
    house.add(Feeds(house, desk))
    house.on_stop.append(desk.end_sockets)

    async def media_ready() -> bool:
        return any(worker.up for worker in desk.media.links.workers)

    house.checks["media"] = media_ready
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(Upkeep(desk).run(ready), name="live desk")
        await ready.wait()
        timing = tasks.create_task(groups.run(), name="groups")
        try:
            yield
        finally:
            running.cancel()
            timing.cancel()
