"""A mail server on loopback: aiosmtpd, which delivers to a list.

Arguments: `starttls`, `tls` or `plain`, and but for `plain` the files of a certificate and its key. Who sends must log in
as `monitor` with `s3cret pass`, and never in clear text but for `plain`.

Prints its port. Then each line of standard input is a command, as JSON, and gives a line:
`{"do": "mails"}`: what it delivered, in order; `{"do": "answer", "with": "451 4.3.0 later", "times": 2}`: how it answers
the next messages, which it does not deliver. `with` may also be `lose`, which delivers and ends the connection without an
answer, or `silent`, which never answers. Ends with its standard input, so it never outlives the test.
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

MODE = sys.argv[1]
USER, PASSWORD = b"monitor", b"s3cret pass"
MAILS = []
ANSWERS = []


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        answer = ANSWERS.pop(0) if ANSWERS else None
        if answer == "silent":
            await asyncio.Event().wait()
        if answer not in (None, "lose"):
            return answer
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
        MAILS.append(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "encrypted": session.ssl is not None or MODE == "tls",
                "authenticated": session.authenticated,
                "headers": {name: str(value) for name, value in message.items()},
                "text": parts["plain"].get_content() if parts["plain"] else None,
                "html": parts["html"].get_content() if parts["html"] else None,
                "raw": envelope.content.decode("utf-8", "replace"),
            }
        )
        if answer == "lose":
            server.transport.abort()
        return "250 2.0.0 OK: queued"


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=False)


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    return context


def session():
    return SMTP(
        Mailbox(),
        hostname="localhost",
        enable_SMTPUTF8=True,
        authenticator=authenticate,
        auth_required=True,
        # The server does not see a TLS that was there before it: github.com/aio-libs/aiosmtpd/issues/281
        auth_require_tls=MODE == "starttls",
        tls_context=tls() if MODE == "starttls" else None,
        require_starttls=MODE == "starttls",
    )


def obey(command):
    if command["do"] == "mails":
        return MAILS
    ANSWERS.extend([command["with"]] * command["times"])
    return None


async def main():
    logging.disable(logging.CRITICAL)
    # `plain` is as insecure as it warns.
    warnings.simplefilter("ignore")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls() if MODE == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"answer": obey(json.loads(line))}), flush=True)


asyncio.run(main())
