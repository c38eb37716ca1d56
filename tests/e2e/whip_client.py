"""A small WHIP and WHEP client: aiortc for the media, one HTTP exchange for the rest (RFC 9725)."""

from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiortc import RTCPeerConnection, RTCSessionDescription

from tests.patience import until


class Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


class WhipClient:
    """Add transceivers to `pc`, then `connect`. The same class sends and receives."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.pc = RTCPeerConnection()
        self.session = ""
        self.etag = ""
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})

    async def connect(self, within: float = 15) -> None:
        """Raises Refused."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        answer = await self._ask("POST", self.url, self.pc.localDescription.sdp, "application/sdp")
        assert answer.status == 201, answer.status
        self.session = urljoin(self.url, answer.headers["Location"])
        self.etag = answer.headers["ETag"]
        await self.pc.setRemoteDescription(RTCSessionDescription(await answer.text(), "answer"))
        await until(lambda: self.pc.connectionState == "connected", "the connection stands", within)

    async def end(self) -> int:
        """DELETE; the HTTP status."""
        async with self._http.delete(self.session) as answer:
            return answer.status

    async def _ask(self, method: str, url: str, body: str, kind: str) -> aiohttp.ClientResponse:
        async with self._http.request(method, url, data=body, headers={"Content-Type": kind}) as answer:
            if answer.status >= 400:
                raise Refused(answer.status, await answer.text())
            await answer.read()
            return answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.pc.close()
        await self._http.close()
