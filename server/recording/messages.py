"""What may be said of the recording of a class."""

import msgspec

from server.live.seat import Seat
from server.recording.desk import RecordingDesk
from server.web.registry import message


class RecordingPauseBody(msgspec.Struct):
    paused: bool


@message("recording.pause", action="recording.pause")
async def recording_pause(seat: Seat, body: RecordingPauseBody) -> None:
    """Pause the recording, or go on with it; everybody sees it."""
    assert seat.classroom is not None
    await seat.desk.house.part(RecordingDesk).pause(seat.classroom, seat.person, body.paused)


class RecordingAgreeBody(msgspec.Struct):
    agree: bool


@message("recording.agree", action="recording.agree")
async def recording_agree(seat: Seat, body: RecordingAgreeBody) -> None:
    """Agree to be recorded, or no longer, in a meeting that is recorded only if everybody does."""
    assert seat.classroom is not None
    await seat.desk.house.part(RecordingDesk).agree(seat.classroom, seat.person, body.agree)
