"""Since when nothing of a track has been written."""

from server.recording.stillness import Key, Stillness

CAM: Key = ("s/p/1", "cam")
MIC: Key = ("s/p/1", "mic")


def test_the_first_file_has_time_to_come() -> None:
    still = Stillness()
    assert not still.stopped({CAM}, {}, 100.0, 12.0)
    assert not still.stopped({CAM}, {}, 112.0, 12.0)
    assert still.stopped({CAM}, {}, 113.0, 12.0)


def test_a_file_that_grows_has_not_stopped() -> None:
    still = Stillness()
    still.stopped({CAM, MIC}, {}, 100.0, 12.0)
    assert not still.stopped({CAM, MIC}, {CAM: 112.5, MIC: 113.0}, 113.0, 12.0)
    assert still.stopped({CAM, MIC}, {CAM: 112.5, MIC: 125.0}, 125.0, 12.0), "the picture has stopped"


def test_between_two_files_of_a_track_nothing_has_stopped() -> None:
    still = Stillness()
    still.stopped({CAM}, {}, 100.0, 12.0)
    still.stopped({CAM}, {CAM: 130.0}, 130.0, 12.0)
    assert not still.stopped({CAM}, {}, 132.0, 12.0), "the next file is not there yet"
    assert still.stopped({CAM}, {}, 134.0, 12.0), "and does not come"


def test_what_is_not_due_is_forgotten() -> None:
    still = Stillness()
    still.stopped({CAM}, {CAM: 100.0}, 100.0, 12.0)
    assert not still.stopped(set(), {}, 150.0, 12.0)
    assert not still.stopped({CAM}, {}, 200.0, 12.0)
