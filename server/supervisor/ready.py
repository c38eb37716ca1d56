"""Does the server answer? One GET of /readyz over the loopback, without an HTTP library.

The certificate is not checked: the question goes to our own port of this machine, and the name in
the certificate is the public one.
"""

import asyncio
import ssl

from server.settings import Settings

TIMEOUT = 2.0
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


async def is_ready(settings: Settings) -> bool:
    """Whether GET /readyz answers 200 within two seconds."""
    host = ANY.get(settings.http.host, settings.http.host)
    context = None
    if settings.tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    request = f"GET /readyz HTTP/1.1\r\nHost: {settings.url.partition('://')[2]}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection(host, settings.http.port, ssl=context)
            try:
                writer.write(request.encode())
                line = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError, EOFError):
        return False
    return line.split()[1:2] == [b"200"]
