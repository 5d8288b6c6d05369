"""RDS Proxy before a local PostgreSQL server, as far as a client's first message meets it.

It takes no command-line options: SQLSTATE 0A000 in words of its own (Amazon RDS User Guide,
"Troubleshooting for RDS Proxy"); all else goes to the server.
"""

import asyncio
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from local.postgres import PostgresServer
from local.tls_proxy import Proxy, refusal

REFUSED = "Feature not supported: RDS Proxy currently doesn’t support command-line options."
START_TIMEOUT_SECONDS = 10


class RdsProxy(Proxy):
    """Refuses a session that begins with options."""

    async def _pass_on(
        self, start: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not start:
            head = await reader.readexactly(4)
            start = head + await reader.readexactly(struct.unpack("!i", head)[0] - 4)
            if b"\0options\0" in start:
                writer.write(refusal(REFUSED, "0A000"))
                await writer.drain()
                return
        await super()._pass_on(start, reader, writer)


@contextmanager
def run_rds_proxy(server: PostgresServer) -> Iterator[int]:
    """The port of the proxy, with a certificate of the server's authority."""
    certificate, key = server.folder / "proxy.crt", server.folder / "proxy.key"
    server.authority.write_server_files(certificate, key)
    address = next((server.folder / "run").glob(".s.PGSQL.*[0-9]"))
    proxy = RdsProxy(str(address), str(certificate), str(key))
    ports: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        async with await asyncio.start_server(proxy.serve_client, "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            ports.set_result((asyncio.get_running_loop(), stop, port))
            await stop.wait()
            listener.close_clients()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    loop, stop, port = ports.result(START_TIMEOUT_SECONDS)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
