"""A line whose end comes twice."""

from __future__ import annotations

import asyncio
import ssl

from redhanded.lab.weather.line import Line
from redhanded.lab.weather.trust import Trust


def test_a_line_over_tls_that_has_closed_can_be_reset(
    trust: Trust, trusting: ssl.SSLContext
) -> None:
    """A transport that was closed twice knows neither its socket nor its protocol any more."""

    async def closed_and_reset() -> bool:
        lines: asyncio.Queue[Line] = asyncio.Queue()

        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await lines.put(Line(reader, writer))

        server = await asyncio.start_server(met, "127.0.0.1", 0, ssl=trust.context("good"))
        host, port = server.sockets[0].getsockname()
        _, client = await asyncio.open_connection(
            host, port, ssl=trusting, server_hostname="localhost"
        )
        line = await lines.get()
        line.writer.close()
        line.writer.close()
        line.reset()
        client.transport.abort()
        server.close()
        return line.is_open

    assert asyncio.run(closed_and_reset()) is False
