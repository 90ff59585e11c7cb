#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: model.py SCRIPT LOG

A model that answers as it is told, on a loopback port of the system's choice,
which it prints. SCRIPT is a JSON array: each request takes the next reply, the
last one again and again. Requests are put into LOG, a JSON object a line. It
lives for at most a minute, and no longer than its parent.

A reply is an answer in the wire of the path that was asked

    {"say": ["Hel", "lo"], "usage": [12, 3], "finish": "stop", "model": "m-1"}

or bytes as they are

    {"status": 429, "headers": {"Retry-After": "1"}, "body": "..."}

with, in either: "delay" (seconds before each piece), "wait" (before the
head), "cut" (the line is closed before the end), "repeat" (pieces are said N
times), "echo" (the prompt is said first).
"""

import gzip
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LIFE = 60

with open(sys.argv[1], encoding="utf-8") as f:
    script = json.load(f)
log_file = sys.argv[2]
lock = threading.Lock()
asked = 0


def event(data, name=None):
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data)}\n\n"


def chat_stream(reply, model):
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model}
    for text in reply["say"]:
        delta = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        yield event({**base, "choices": [delta]})
    if reply.get("cut"):
        return
    last = {"index": 0, "delta": {}, "finish_reason": reply["finish"]}
    yield event({**base, "choices": [last]})
    if reply["usage"]:
        p, c = reply["usage"]
        usage = {"prompt_tokens": p, "completion_tokens": c, "total_tokens": p + c}
        yield event({**base, "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def chat_whole(reply, model):
    message = {"role": "assistant", "content": "".join(reply["say"])}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": model,
        "choices": [
            {"index": 0, "message": message, "finish_reason": reply["finish"]}
        ],
    }
    if reply["usage"]:
        p, c = reply["usage"]
        body["usage"] = {
            "prompt_tokens": p,
            "completion_tokens": c,
            "total_tokens": p + c,
        }
    return json.dumps(body)


def stop_reason(reply):
    words = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal"}
    return words[reply["finish"]]


def messages_stream(reply, model):
    p, c = reply["usage"] or [0, 0]
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": p, "output_tokens": 1},
    }
    yield event({"type": "message_start", "message": message}, "message_start")
    block = {"type": "text", "text": ""}
    start = {"type": "content_block_start", "index": 0, "content_block": block}
    yield event(start, "content_block_start")
    for text in reply["say"]:
        delta = {"type": "text_delta", "text": text}
        piece = {"type": "content_block_delta", "index": 0, "delta": delta}
        yield event(piece, "content_block_delta")
    if reply.get("cut"):
        return
    yield event({"type": "content_block_stop", "index": 0}, "content_block_stop")
    end = {
        "type": "message_delta",
        "delta": {"stop_reason": stop_reason(reply), "stop_sequence": None},
        "usage": {"output_tokens": c},
    }
    yield event(end, "message_delta")
    yield event({"type": "message_stop"}, "message_stop")


def messages_whole(reply, model):
    p, c = reply["usage"] or [0, 0]
    return json.dumps(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": "".join(reply["say"])}],
            "stop_reason": stop_reason(reply),
            "stop_sequence": None,
            "usage": {"input_tokens": p, "output_tokens": c},
        }
    )


WIRES = {
    "chat/completions": (chat_stream, chat_whole),
    "messages": (messages_stream, messages_whole),
}


def prompt_of(asked_for):
    content = asked_for["messages"][-1]["content"]
    return content if isinstance(content, str) else content[0]["text"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self, body):
        entry = {
            "method": self.command,
            "path": self.path,
            "headers": {k.lower(): v for k, v in self.headers.items()},
            "body": body,
        }
        with open(log_file, "a", encoding="utf-8") as f:
            f.write(json.dumps(entry) + "\n")

    def next_reply(self):
        global asked
        with lock:
            reply = dict(script[min(asked, len(script) - 1)])
            asked += 1
        reply.setdefault("usage", [10, 5])
        reply.setdefault("finish", "stop")
        return reply

    def head(self, status, headers, length=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def piece(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def raw(self, reply):
        body = reply.get("body", "").encode()
        body *= reply.get("repeat", 1)
        headers = {str(k): str(v) for k, v in reply.get("headers", {}).items()}
        if reply.get("gzip"):
            body = gzip.compress(body, 9)
            headers["Content-Encoding"] = "gzip"
        for i in range(reply.get("many_headers", 0)):
            headers[f"X-Many-{i}"] = "x" * 100
        self.head(reply.get("status", 200), headers, len(body))
        step = reply.get("step", len(body) or 1)
        for at in range(0, len(body), step):
            time.sleep(reply.get("delay", 0))
            self.wfile.write(body[at : at + step])
            self.wfile.flush()

    def answer(self, reply, asked_for):
        stream, whole = WIRES[
            next(w for w in WIRES if self.path.split("?")[0].endswith(w))
        ]
        model = reply.get("model", asked_for["model"])
        reply["say"] = reply["say"] * reply.get("repeat", 1)
        if reply.get("echo"):
            reply["say"] = [prompt_of(asked_for), *reply["say"]]
        if not asked_for.get("stream"):
            body = whole(reply, model).encode()
            self.head(200, {"Content-Type": "application/json"}, len(body))
            self.wfile.write(body)
            return
        headers = {"Content-Type": "text/event-stream", "x-request-id": "req-1"}
        self.head(200, headers)
        # made before any is sent: the time that takes is nobody's to wait for
        delay = reply.get("delay", 0)
        for data in [text.encode() for text in stream(reply, model)]:
            if delay:
                time.sleep(delay)
            self.piece(data)
        if reply.get("cut"):
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"null")
        self.note(body)
        reply = self.next_reply()
        time.sleep(reply.get("wait", 0))
        try:
            if "say" in reply:
                self.answer(reply, body)
            else:
                self.raw(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def end_with_parent(parent):
    for _ in range(LIFE * 10):
        time.sleep(0.1)
        if os.getppid() != parent:
            break
    os._exit(0)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def main():
    watch = threading.Thread(target=end_with_parent, args=(os.getppid(),))
    watch.daemon = True
    watch.start()
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
