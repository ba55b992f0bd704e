"""A WebSocket server on loopback: websockets from PyPI, with its compression on offer.

Arguments: `echo`; for TLS the files of a certificate and its key. It says back what it hears. `/private` wants the
header `authorization: Bearer s3cret-pass`, and `/full` closes each connection with the code 1013.

Prints its port, and ends with its standard input.
"""

import asyncio
import http
import ssl
import sys

from websockets.asyncio.server import serve


async def talk(connection):
    if connection.request.path == "/full":
        await connection.close(1013, "no room")
        return
    async for message in connection:
        await connection.send(message)


def guard(connection, request):
    if request.path == "/private" and request.headers.get("authorization") != "Bearer s3cret-pass":
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "who is there?\n")
    return None


def choose(connection, offered):
    return "chat.v2" if "chat.v2" in offered else None


async def main():
    context = None
    if files := sys.argv[2:]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
    async with serve(
        talk, "127.0.0.1", 0, ssl=context, process_request=guard, select_subprotocol=choose
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
