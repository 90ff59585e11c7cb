#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: peer.py FOLDER

Servers that behave and servers that do not, on loopback ports of the system's
choice: "NAME PORT" a line, then "ready". FOLDER has the certificates of
certificates.sh; mails are put there. It lives for at most a minute, and no
longer than its parent.
"""

import gzip
import os
import re
import socket
import ssl
import struct
import sys
import threading
import time
import zlib

FOLDER = sys.argv[1]
LIFE = 60

lock = threading.Lock()
connections = 0  # accepted by the listeners of HTTP
open_now = 0
open_most = 0
hits = {}


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Closed(Exception):
    pass


class Line:
    """A connection, read by line and by count."""

    def __init__(self, sock):
        self.sock = sock
        self.rest = b""

    def more(self):
        try:
            data = self.sock.recv(65536)
        except OSError as e:
            raise Closed from e
        if not data:
            raise Closed
        self.rest += data

    def until(self, mark):
        while mark not in self.rest:
            self.more()
        got, self.rest = self.rest.split(mark, 1)
        return got

    def count(self, n):
        while len(self.rest) < n:
            self.more()
        got, self.rest = self.rest[:n], self.rest[n:]
        return got

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as e:
            raise Closed from e

    def reset(self):
        self.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        raise Closed

    def hang(self):
        """Waits for the other side to give up."""
        while True:
            self.more()


class Http:
    """One connection of HTTP/1.1; a method of it for each path."""

    def __init__(self, line, number):
        self.line = line
        self.number = number
        self.stale = False

    def run(self):
        while True:
            head = self.line.until(b"\r\n\r\n").decode("latin-1")
            length = re.search(r"(?im)^content-length: *(\d+)", head)
            body = self.line.count(int(length.group(1)) if length else 0)
            method, target = head.split(" ")[:2]
            path, _, query = target.partition("?")
            with lock:
                hits[path] = hits.get(path, 0) + 1
            if self.stale:
                raise Closed
            if method == "CONNECT":
                self.tunnel(target)
            if target.startswith("http://"):
                self.answer(b"proxied " + target.encode())
                continue
            act = getattr(self, "do_" + path.strip("/"), None)
            if act:
                act(query, head, body)
            else:
                self.answer(b"no such path\n", "404 Not Found")

    def answer(self, body, status="200 OK", headers=()):
        lines = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body)]
        lines.append("X-Connection: %d" % self.number)
        lines += headers
        self.line.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def begin(self, *headers):
        lines = ["HTTP/1.1 200 OK", *headers]
        self.line.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")

    def tunnel(self, target):
        host, port = target.split(":")
        if "/denytunnel" in hits:
            self.answer(b"", "407 Proxy Authentication Required")
            return
        there = socket.create_connection((host, int(port)))
        self.line.send(b"HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n")

        def back():
            try:
                while data := there.recv(65536):
                    self.line.send(data)
            except (OSError, Closed):
                pass

        threading.Thread(target=back, daemon=True).start()
        while True:
            self.line.more()
            there.sendall(self.line.rest)
            self.line.rest = b""

    def do_ok(self, query, head, body):
        self.answer(b"hello\n", headers=["X-Empty:", "X-Two: a", "x-two:  b "])

    def do_echo(self, query, head, body):
        self.answer(head.encode("latin-1") + b"\n" + body)

    def do_denytunnel(self, query, head, body):
        self.answer(b"from now on\n")

    def do_html(self, query, head, body):
        self.answer(
            b"<html><body>Bad gateway</body></html>",
            "502 Bad Gateway",
            ["Content-Type: text/html"],
        )

    def do_redirect(self, query, head, body):
        self.answer(b"", "302 Found", ["Location: /moved"])

    def do_moved(self, query, head, body):
        self.answer(b"moved")

    def do_hits(self, query, head, body):
        self.answer(b"%d" % hits.get("/" + query.lstrip("/"), 0))

    def do_connections(self, query, head, body):
        with lock:
            self.answer(b"%d %d" % (connections, open_most))

    def do_wait(self, query, head, body):
        time.sleep(int(query) / 1000)
        self.answer(b"hello\n")

    def do_chunks(self, query, head, body):
        """?N chunks, each an event; all at once or with PAUSE ms between."""
        n, _, pause = query.partition(",")
        self.begin("Content-Type: text/event-stream", "Transfer-Encoding: chunked")
        for i in range(int(n)):
            self.line.send(chunk(b"data: %06d\n\n" % i))
            if pause:
                time.sleep(int(pause) / 1000)
        self.line.send(b"0\r\n\r\n")

    def do_slow(self, query, head, body):
        self.begin("Content-Length: 1000")
        for _ in range(1000):
            self.line.send(b"x")
            time.sleep(int(query or "1000") / 1000)

    def do_silent(self, query, head, body):
        self.begin("Content-Length: 1000")
        self.line.send(b"something")
        self.line.hang()

    def do_never(self, query, head, body):
        self.line.hang()

    def do_nothing(self, query, head, body):
        raise Closed

    def do_garbage(self, query, head, body):
        self.line.send(b"this is not HTTP\r\n\r\n")
        raise Closed

    def do_short(self, query, head, body):
        self.begin("Content-Length: 100")
        self.line.send(b"0123456789")
        raise Closed

    def do_shortchunk(self, query, head, body):
        self.begin("Transfer-Encoding: chunked")
        self.line.send(chunk(b"data: 1\n\n"))
        raise Closed

    def do_reset(self, query, head, body):
        self.begin("Content-Length: 100")
        self.line.send(b"0123456789")
        time.sleep(0.1)
        self.line.reset()

    def do_close(self, query, head, body):
        """No length: the end of the connection is that of the answer."""
        self.begin("Connection: close")
        self.line.send(b"hello\n")
        raise Closed

    def do_stale(self, query, head, body):
        self.answer(b"hello\n")
        self.stale = True

    def do_headers(self, query, head, body):
        self.begin(*("X-%d: y" % i for i in range(int(query or "10000"))))

    def do_longheader(self, query, head, body):
        self.begin("X-Long: " + "y" * 200000)

    def do_bigheaders(self, query, head, body):
        self.begin(*("X-Big: " + "y" * 10000 for _ in range(60)))

    def do_trickle(self, query, head, body):
        """Headers without an end."""
        self.line.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.line.send(b"X-Y: z\r\n")
            time.sleep(0.05)

    def do_folded(self, query, head, body):
        self.begin("X-Folded: one", "\t two", "X-After: three", "Content-Length: 0")

    def do_early(self, query, head, body):
        self.line.send(b"HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n")
        self.answer(b"hello\n")

    def do_trailers(self, query, head, body):
        self.begin("Transfer-Encoding: chunked", "Trailer: X-Late")
        self.line.send(chunk(b"hello\n") + b"0\r\nX-Late: yes\r\n\r\n")

    def do_gzip(self, query, head, body):
        self.answer(gzip.compress(b"hello\n"), headers=["Content-Encoding: gzip"])

    def do_deflate(self, query, head, body):
        self.answer(zlib.compress(b"hello\n"), headers=["Content-Encoding: deflate"])

    def do_br(self, query, head, body):
        """A brotli stream of one stored block."""
        self.answer(
            b"\x8b\x02\x80hello\n\x03", headers=["Content-Encoding: br"]
        )

    def do_badgzip(self, query, head, body):
        data = bytearray(gzip.compress(os.urandom(2000)))
        data[500:600] = bytes(100)
        self.answer(bytes(data), headers=["Content-Encoding: gzip"])

    def do_streamgzip(self, query, head, body):
        """Each chunk flushed, with a pause behind it."""
        pack = zlib.compressobj(wbits=31)
        self.begin("Content-Encoding: gzip", "Transfer-Encoding: chunked")
        for i in range(3):
            data = pack.compress(b"data: %06d\n\n" % i)
            self.line.send(chunk(data + pack.flush(zlib.Z_SYNC_FLUSH)))
            time.sleep(0.1)
        self.line.send(chunk(pack.flush()) + b"0\r\n\r\n")

    def do_bomb(self, query, head, body):
        """A gigabyte of nothing, as a megabyte."""
        pack = zlib.compressobj(9, wbits=31)
        self.begin("Content-Encoding: gzip", "Connection: close")
        for _ in range(1024):
            self.line.send(pack.compress(bytes(1 << 20)))
        self.line.send(pack.flush())
        raise Closed


class Http2:
    """Answers every request with 200 and its stream's number; what the request
    was is not looked at, so that no decoder for headers is needed."""

    def __init__(self, line, number):
        self.line = line

    def frame(self, kind, flags, stream, payload=b""):
        self.line.send(
            struct.pack(">I", len(payload))[1:]
            + bytes((kind, flags))
            + struct.pack(">I", stream)
            + payload
        )

    def run(self):
        self.line.until(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        self.frame(4, 0, 0)
        while True:
            head = self.line.count(9)
            length = int.from_bytes(head[:3], "big")
            kind, flags = head[3], head[4]
            stream = int.from_bytes(head[5:], "big") & 0x7FFFFFFF
            self.line.count(length)
            if kind == 4 and not flags & 1:
                self.frame(4, 1, 0)
            if kind in (0, 1) and flags & 1:
                time.sleep(0.01)
                self.frame(1, 4, stream, b"\x88")  # :status 200
                self.frame(0, 1, stream, b"stream %d\n" % stream)


class Smtp:
    """Takes mails for anybody but bad@…, with AUTH PLAIN for ada."""

    starttls = None  # a context
    quits = True
    greets = True
    takes = True
    pause = 0

    def __init__(self, line, number):
        self.line = line
        self.secure = isinstance(line.sock, ssl.SSLSocket)

    def say(self, text):
        self.line.send(text.encode() + b"\r\n")

    def run(self):
        if not self.greets:
            self.line.hang()
        self.say("220 peer ESMTP")
        log = []
        while True:
            text = self.line.until(b"\r\n").decode("latin-1")
            word = text.upper().split(" ")[0]
            if word == "EHLO":
                self.say("250-peer")
                if self.starttls and not self.secure:
                    self.say("250-STARTTLS")
                self.say("250 AUTH PLAIN")
            elif word == "STARTTLS" and self.starttls:
                self.say("220 go")
                self.line = Line(
                    self.starttls.wrap_socket(self.line.sock, server_side=True)
                )
                self.secure = True
            elif word == "AUTH":
                self.auth(text)
            elif word == "DATA":
                self.say("354 go")
                time.sleep(self.pause)
                message = self.line.until(b"\r\n.\r\n").decode("latin-1")
                self.keep(log, message)
                if not self.takes:
                    self.line.hang()
                self.say("250 taken")
            elif word == "QUIT":
                if not self.quits:
                    self.line.hang()
                self.say("221 bye")
                raise Closed
            elif word == "RCPT" and "<bad@" in text:
                self.say("550 5.1.1 no \x1b[31msuch user")
            else:
                log.append(text)
                self.say("250 ok")

    def auth(self, text):
        # Plain: base64 of NUL ada NUL secret.
        right = text.endswith(" AGFkYQBzZWNyZXQ=")
        if not right and text.upper() == "AUTH PLAIN":
            self.say("334 ")
            right = self.line.until(b"\r\n") == b"AGFkYQBzZWNyZXQ="
        self.say("235 ok" if right else "535 5.7.8 wrong")

    def keep(self, log, message):
        path = os.path.join(FOLDER, "mail")
        with open(path + ".new", "w", encoding="latin-1", newline="") as f:
            f.write("%s\r\n" % ("secure" if self.secure else "plain"))
            f.write("\r\n".join(log) + "\r\n\r\n" + message)
        os.rename(path + ".new", path)


class Rude:
    """Leaves in the middle of a request."""

    def __init__(self, line, number):
        self.line = line

    def run(self):
        self.line.until(b"\r\n\r\n")
        self.line.reset()


class Hang:
    """Says nothing."""

    def __init__(self, line, number):
        self.line = line

    def run(self):
        self.line.hang()


def context(name, *alpn):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(os.path.join(FOLDER, name + ".pem"))
    if alpn:
        made.set_alpn_protocols(list(alpn))
    return made


def serve(sock, tls, kind, number):
    global open_now
    try:
        if tls:
            sock = tls.wrap_socket(sock, server_side=True)
        kind(Line(sock), number).run()
    except (Closed, OSError):
        pass
    finally:
        sock.close()
        with lock:
            open_now -= 1


def accept(server, tls, kind):
    global connections, open_now, open_most
    while True:
        sock, _ = server.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with lock:
            connections += 1
            number = connections
            open_now += 1
            open_most = max(open_most, open_now)
        threading.Thread(
            target=serve, args=(sock, tls, kind, number), daemon=True
        ).start()


def listen(name, kind, tls=None):
    server = socket.create_server(("127.0.0.1", 0), backlog=256)
    threading.Thread(
        target=accept, args=(server, tls, kind), daemon=True
    ).start()
    print(name, server.getsockname()[1])


class SmtpStarttls(Smtp):
    starttls = context("good")


class SmtpExpired(Smtp):
    starttls = context("expired")


class SmtpNoQuit(Smtp):
    quits = False


class SmtpSlow(Smtp):
    """Lets half of a large message wait."""

    pause = 0.5


class SmtpNoWord(Smtp):
    """Says nothing to the whole message."""

    takes = False


class SmtpSilent(Smtp):
    greets = False


def main():
    parent = os.getppid()
    listen("http", Http)
    listen("https", Http, context("good", "http/1.1"))
    listen("noalpn", Http, context("good"))
    listen("h2", Http2, context("good", "h2", "http/1.1"))
    listen("expired", Http, context("expired"))
    listen("future", Http, context("future"))
    listen("name", Http, context("name"))
    listen("self", Http, context("self"))
    listen("rude", Rude, context("good"))
    listen("hang", Hang)
    listen("smtp", Smtp)
    listen("smtps", Smtp, context("good"))
    listen("starttls", SmtpStarttls)
    listen("smtpexpired", SmtpExpired)
    listen("noquit", SmtpNoQuit)
    listen("silent", SmtpSilent)
    listen("slowsmtp", SmtpSlow)
    listen("noword", SmtpNoWord)
    # A port that nobody listens at.
    gone = socket.create_server(("127.0.0.1", 0))
    print("closed", gone.getsockname()[1])
    gone.close()
    print("ready", flush=True)
    for _ in range(LIFE * 5):
        time.sleep(0.2)
        if os.getppid() != parent:
            break
    os._exit(0)


main()
