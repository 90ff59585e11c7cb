#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A mail server for tests, on the loopback: Debian's python3-aiosmtpd.

    mail.py FOLDER [CERTIFICATE.pem]

Prints "smtp PORT", and with a certificate "starttls PORT" and "smtps PORT",
which want ada's password "secret" as well; then "ready". What it takes is
written to FOLDER/N.eml, the envelope in FOLDER/N.json. It refuses mails to
bad@… for good, to busy@… for now, and ends by itself after 60 s, or with the
process that started it.
"""
import asyncio
import json
import os
import ssl
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult

FOLDER = sys.argv[1]


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("bad@"):
            return "550 5.1.1 no such user"
        if address.startswith("busy@"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        Handler.count += 1
        name = os.path.join(FOLDER, str(Handler.count))
        with open(name + ".json", "w", encoding="utf-8") as f:
            json.dump(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "secure": server.transport.get_extra_info("ssl_object")
                    is not None,
                    "user": session.auth_data,
                },
                f,
            )
        with open(name + ".new", "wb") as f:
            f.write(envelope.original_content)
        os.rename(name + ".new", name + ".eml")
        return "250 taken"


def check(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"ada", b"secret")
    return AuthResult(success=right, auth_data="ada", handled=False)


async def listen(loop, name, tls=None, whole=False):
    def make():
        if not tls:
            return SMTP(Handler(), hostname="mail.test")
        return SMTP(
            Handler(),
            hostname="mail.test",
            tls_context=None if whole else tls,
            require_starttls=not whole,
            authenticator=check,
            auth_required=True,
            auth_require_tls=not whole,
        )

    server = await loop.create_server(
        make, "127.0.0.1", 0, ssl=tls if whole else None
    )
    print(name, server.sockets[0].getsockname()[1], flush=True)


async def main():
    parent = os.getppid()
    loop = asyncio.get_running_loop()
    await listen(loop, "smtp")
    if len(sys.argv) > 2:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[2])
        await listen(loop, "starttls", tls)
        await listen(loop, "smtps", tls, whole=True)
    print("ready", flush=True)
    end = time.monotonic() + 60
    while time.monotonic() < end and os.getppid() == parent:
        await asyncio.sleep(0.2)
    os._exit(0)


asyncio.run(main())
