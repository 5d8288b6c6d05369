"""TLS in front of a PostgreSQL server that was built without it.

    python local/tls_proxy.py SERVER_SOCKET CERTIFICATE KEY LISTEN_ADDRESS

A process of its own, so that it takes no time from the tests' interpreter. Prints the port that it
listens on, then serves until its standard input closes. To clients it is a server with
`hostssl` lines alone (PostgreSQL protocol, "SSL Session Encryption"): SSLRequest is answered with
`S`, a plaintext startup is refused, and a CancelRequest is passed on, which libpq's older PQcancel
sends in plaintext and real servers accept so.
"""

import asyncio
import contextlib
import ssl
import struct
import sys

CANCEL_REQUEST, SSL_REQUEST, GSSENC_REQUEST = 80877102, 80877103, 80877104
CANCEL_BYTES = 16
CHUNK_BYTES = 1 << 17
HANDSHAKE_TIMEOUT_SECONDS = 10


class Proxy:
    """Serves clients in TLS and speaks plaintext to the server's Unix socket."""

    def __init__(self, server_socket: str, certificate_file: str, key_file: str) -> None:
        self._server_socket = server_socket
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.load_cert_chain(certificate_file, key_file)

    async def serve_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One client connection, from its first byte to the end of either side."""
        # Either side may vanish at any moment; then the other is closed, and that is all.
        with contextlib.suppress(OSError, EOFError, ssl.SSLError):
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_SECONDS):
                start = await self._negotiate(reader, writer)
            if start is not None:
                await self._pass_on(start, reader, writer)
        writer.close()

    async def _negotiate(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes | None:
        """What to send to the server first, or None where the client was refused."""
        while True:
            header = await reader.readexactly(8)
            code = struct.unpack("!ii", header)[1]
            if code == CANCEL_REQUEST:
                return header + await reader.readexactly(CANCEL_BYTES - len(header))
            if code == SSL_REQUEST:
                writer.write(b"S")
                await writer.start_tls(self._context)
                return b""
            if code != GSSENC_REQUEST:
                writer.write(refusal("connection requires TLS: no encryption"))
                await writer.drain()
                return None
            writer.write(b"N")

    async def _pass_on(
        self, start: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            server_reader, server_writer = await asyncio.open_unix_connection(self._server_socket)
        except OSError:
            writer.write(refusal("the database system is not reachable", "57P03"))
            await writer.drain()
            return
        server_writer.write(start)
        directions = [
            asyncio.create_task(_pump(reader, server_writer)),
            asyncio.create_task(_pump(server_reader, writer)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # The client's end ends the session. The server's end lets what it sent be delivered.
            for direction in directions:
                direction.cancel()
            server_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, ssl.SSLError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()


def refusal(text: str, sqlstate: str = "28000") -> bytes:
    """An ErrorResponse of the PostgreSQL protocol."""
    fields = f"SFATAL\0VFATAL\0C{sqlstate}\0M{text}\0\0".encode()
    return b"E" + struct.pack("!i", len(fields) + 4) + fields


async def main(server_socket: str, certificate: str, key: str, listen_address: str) -> None:
    """Serve until standard input closes, that is until the process that started this one ends."""
    proxy = Proxy(server_socket, certificate, key)
    server = await asyncio.start_server(proxy.serve_client, listen_address, 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
