#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A receiver of webhooks for tests, on the loopback.

    webhook.py --log FILE [--script FILE] [--life SECONDS]

It prints its port on a line, and ends by itself after 60 s at most, or with the
process that started it. The log has one JSON object a line: path, headers
(names in lower case), body, at. The script is a JSON list of replies, read anew
for each request: the first is for the first request, the last for all that
follow; without one it is 204. A reply: status, headers, body, wait (seconds
before it), by ("/path": the reply is only for that path).
"""
import argparse
import http.server
import json
import os
import signal
import threading
import time


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.server.lock:
            line = {"path": self.path, "at": time.time(),
                    "headers": {k.lower(): v for k, v in self.headers.items()},
                    "body": body.decode("utf-8", "replace")}
            with open(self.server.args.log, "a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
            reply = self.reply()
        time.sleep(reply.get("wait", 0))
        text = reply.get("body", "").encode()
        self.send_response(reply.get("status", 204))
        for name, value in reply.get("headers", {}).items():
            self.send_header(name, value)
        if reply.get("status", 204) != 204:
            self.send_header("content-length", str(len(text)))
        self.end_headers()
        if reply.get("status", 204) != 204:
            self.wfile.write(text)

    def reply(self):
        path = self.server.args.script
        if not path or not os.path.exists(path):
            return {}
        with open(path, encoding="utf-8") as file:
            script = json.load(file)
        script = [r for r in script if r.get("by", self.path) == self.path]
        n = self.server.count.get(self.path, 0)
        self.server.count[self.path] = n + 1
        return script[min(n, len(script) - 1)] if script else {}

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--script")
    parser.add_argument("--life", type=float, default=60)
    server = Server(("127.0.0.1", 0), Receiver)
    server.args = parser.parse_args()
    server.lock = threading.Lock()
    server.count = {}
    print(server.server_address[1], flush=True)
    parent = os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ends = time.time() + server.args.life
    while time.time() < ends and os.getppid() == parent:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
