"""What people keep of the trace gives away a database that was cut: a chair's browser, a student's receipt.

A real Sabak is stopped, the end of its trace is taken away with every checkpoint in the database, and it is
started again: it works, and everybody who kept something sees that it is not the same.
"""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e import screens
from tests.e2e.house import ROOT, House
from tests.e2e.test_pages import chromium, signed_in
from tests.patience import until

pytestmark = [pytest.mark.review, pytest.mark.e2e, pytest.mark.pages]


async def sabak(house: House, *arguments: str) -> tuple[int, str]:
    done = await asyncio.create_subprocess_exec(
        *house.command(*arguments), env=house.environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await done.communicate()
    assert done.returncode is not None
    return done.returncode, said.decode()


def cut(database: Path, last: int) -> None:
    with sqlite3.connect(database) as db:
        for table in ("trace_entries", "trace_data", "trace_keys", "trace_checkpoints"):
            db.execute(f"DELETE FROM {table} WHERE seq > ?", (last,))
        db.execute("DELETE FROM trace_projections")
    db.close()


async def test_a_cut_trace_is_seen_by_browser_receipt_and_file(house: House, tmp_path: Path) -> None:
    async with chromium() as browser:
        student = await signed_in(browser, house.url, "student1", "/profile")
        await student.get_by_test_id("profile-written").click()
        group = student.locator('[data-testid="written-group"][data-kind="login.opened"]')
        await group.locator("summary").click()
        await expect(group.get_by_test_id("written-entry").first).to_be_visible()
        receipt = tmp_path / "receipt.json"
        async with student.expect_download() as download:
            await student.get_by_test_id("written-receipt").click()
        await (await download.value).save_as(receipt)
        async with student.expect_download() as download:
            await student.get_by_test_id("written-download").click()
        entries = json.loads(Path(await (await download.value).path()).read_text())
        assert "consent.accepted" in {each["kind"] for each in entries}

        chair = await signed_in(browser, house.url, "chair")
        await until(
            lambda: chair.evaluate("localStorage.getItem('sabak.trace.head') !== null"), "a head is kept"
        )
        status, said = await sabak(house, "trace", "verify", "--receipt", str(receipt))
        assert status == 0, said
        assert "The receipt of" in said

        await house.stop()
        head = json.loads(receipt.read_text())["head"]["seq"]
        cut(house.data / "sabak.db", head - 5)
        status, said = await sabak(house, "trace", "verify")  # by the copy beside the key
        assert status == 1
        assert f"BAD at entry {head - 4}" in said
        assert "[truncated]" in said
        (house.data / "keys/trace/trace.key.checkpoints").rename(tmp_path / "kept.checkpoints")
        assert (await sabak(house, "trace", "verify"))[0] == 0  # nothing is known of what is gone
        status, said = await sabak(house, "trace", "verify", "--receipt", str(receipt))
        assert (status, "[truncated]" in said) == (1, True)

        await house.start()
        await chair.reload()
        await expect(chair.get_by_test_id("trace-alarm")).to_be_visible()
        mark = await chair.get_by_test_id("trace-alarm-mark").inner_text()
        assert mark.split("@")[1].isdecimal()
        screens.OUT.mkdir(parents=True, exist_ok=True)
        await chair.screenshot(path=screens.OUT / "trace-alarm.png", full_page=True)
        await chair.get_by_test_id("trace-alarm-forget").click()
        await chair.get_by_test_id("confirm-yes").click()
        await expect(chair.get_by_test_id("trace-alarm")).to_have_count(0)
