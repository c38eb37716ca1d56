"""How full the disk is, for administrators: sizes, what a week adds, how long that goes on."""

import msgspec
from sqlalchemy import func, select

from server.recording.desk import RecordingDesk
from server.recording.tables import RecordingPiece
from server.web.registry import route
from server.web.request import Request

WEEK = 7 * 86_400 * 1_000_000


class StorageView(msgspec.Struct):
    """Bytes. `week` is what the last seven days have added; `days_left` at that pace, None for no end in
    sight. `recorder`: whether it runs; `problem`: its code, or empty."""

    recordings: int
    pieces: int
    week: int
    free: int
    total: int
    days_left: int | None
    recorder: bool
    problem: str


@route("GET", "/api/v1/storage", action="recording.storage")
async def storage(request: Request) -> StorageView:
    desk = request.house.part(RecordingDesk)
    kept = RecordingPiece.state != "deleted"
    since = request.house.clock.now() - WEEK
    async with request.house.store.read() as db:
        sums = select(func.coalesce(func.sum(RecordingPiece.bytes), 0), func.count()).where(kept)
        total, pieces = (await db.execute(sums)).one()
        week = await db.scalar(
            select(func.coalesce(func.sum(RecordingPiece.bytes), 0)).where(
                kept, RecordingPiece.starts > since
            )
        )
    growing = sum(each.state.bytes for each in desk.link.growing.values())
    added = int(week or 0) + growing
    disk = desk.link.disk
    days = int(disk.free / (added / 7)) if added else None
    return StorageView(
        int(total) + growing, pieces, added, disk.free, disk.total, days, desk.link.up, disk.problem
    )
