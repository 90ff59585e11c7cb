#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An AI provider for tests, on the loopback: the wires of all of them.

    ai.py [--script FILE] [--log FILE] [--life SECONDS] [--port-file FILE]

It prints its port on a line, and ends by itself after 60 s at most, or with
the process that started it. What it answers with, by default: the recorded
answers in tests/data/providers, a stream where one was asked for.

The script (a JSON file, or $AI_SCRIPT with the JSON itself) is a list of
replies, given out in turn and the last one again and again, or an object that
has a list for each part of a path:

    [{"status": 429, "headers": {"retry-after": "1"}, "json": {"error": …}},
     {"file": "openai-chat/stream.sse", "chunk": 10, "delay": 0.01}]
    {"/v1/models": [{"json": {"data": []}}], "/": [{"text": "hello"}]}

A reply: status (200), headers, and one of json (any value), body (text),
base64, file (below tests/data/providers, or absolute), text (an answer in the
shape of the wire, streamed or not, with "usage": [prompt, completion] and
"model"); chunk: bytes in each write, delay: seconds before each, wait: before
the head, cut: after so many bytes the connection is closed, repeat: how often
the reply is given out, echo: true for text that is the request's body.

The log: one JSON object a line: method, path, headers (names in lower case),
body (parsed if it is JSON), raw.
"""
import argparse
import base64
import http.server
import json
import os
import signal
import socket
import struct
import sys
import threading
import time

ROOT = os.environ.get("AWM_SOURCE_ROOT") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "tests", "data", "providers")
TYPES = {".json": "application/json", ".html": "text/html",
         ".txt": "text/plain", ".ndjson": "application/x-ndjson",
         ".sse": "text/event-stream; charset=utf-8"}


def wire_of(path):
    """The folder of the wire that a path belongs to; None: a list."""
    if path.endswith("/responses"):
        return "openai-responses"
    if path.endswith("/chat/completions"):
        return "openai-chat"
    if path.endswith("/messages"):
        return "anthropic"
    if ":generateContent" in path or ":streamGenerateContent" in path:
        return "google"
    if path.endswith("/api/chat"):
        return "ollama"
    return None


def wants_stream(path, body):
    if ":streamGenerateContent" in path:
        return True
    if not isinstance(body, dict):
        return False
    return body.get("stream", path.endswith("/api/chat")) is True


# ---- answers made of a text ----

def sse(events, named):
    out = ""
    for event in events:
        if named:
            out += "event: %s\n" % event["type"]
        out += "data: %s\n\n" % json.dumps(event)
    return out.encode()


def pieces(text):
    """The text in words, so that a stream has something to stream."""
    out, word = [], ""
    for c in text:
        word += c
        if c in " \n":
            out.append(word)
            word = ""
    return out + [word] if word or not out else out


def make_responses(text, model, p, c, stream):
    item = {"type": "message", "id": "msg_t", "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": text,
                         "annotations": []}]}
    whole = {"id": "resp_t", "object": "response", "status": "completed",
             "error": None, "incomplete_details": None, "model": model,
             "output": [item],
             "usage": {"input_tokens": p, "output_tokens": c,
                       "input_tokens_details": {"cached_tokens": 0},
                       "output_tokens_details": {"reasoning_tokens": 0},
                       "total_tokens": p + c}}
    if not stream:
        return whole
    events = [{"type": "response.created",
               "response": dict(whole, status="in_progress", output=[],
                                usage=None)}]
    events += [{"type": "response.output_text.delta", "output_index": 0,
                "content_index": 0, "item_id": "msg_t", "delta": x}
               for x in pieces(text)]
    events += [{"type": "response.output_item.done", "output_index": 0,
                "item": item},
               {"type": "response.completed", "response": whole}]
    return sse(events, True)


def make_chat(text, model, p, c, stream):
    usage = {"prompt_tokens": p, "completion_tokens": c,
             "total_tokens": p + c}
    head = {"id": "chatcmpl-t", "model": model, "created": 1}
    if not stream:
        return dict(head, object="chat.completion", usage=usage, choices=[
            {"index": 0, "finish_reason": "stop",
             "message": {"role": "assistant", "content": text}}])
    head["object"] = "chat.completion.chunk"
    events = [dict(head, usage=None, choices=[
        {"index": 0, "delta": {"content": x}, "finish_reason": None}])
        for x in pieces(text)]
    events += [dict(head, usage=None, choices=[
        {"index": 0, "delta": {}, "finish_reason": "stop"}]),
        dict(head, choices=[], usage=usage)]
    return sse(events, False) + b"data: [DONE]\n\n"


def make_anthropic(text, model, p, c, stream):
    usage = {"input_tokens": p, "cache_creation_input_tokens": 0,
             "cache_read_input_tokens": 0, "output_tokens": c}
    whole = {"id": "msg_t", "type": "message", "role": "assistant",
             "model": model, "content": [{"type": "text", "text": text}],
             "stop_reason": "end_turn", "stop_sequence": None,
             "usage": usage}
    if not stream:
        return whole
    start = dict(whole, content=[], stop_reason=None,
                 usage=dict(usage, output_tokens=1))
    events = [{"type": "message_start", "message": start},
              {"type": "content_block_start", "index": 0,
               "content_block": {"type": "text", "text": ""}}]
    events += [{"type": "content_block_delta", "index": 0,
                "delta": {"type": "text_delta", "text": x}}
               for x in pieces(text)]
    events += [{"type": "content_block_stop", "index": 0},
               {"type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": c}},
               {"type": "message_stop"}]
    return sse(events, True)


def make_google(text, model, p, c, stream):
    def event(part, **more):
        return dict({"candidates": [dict({"index": 0, "content": {
            "role": "model", "parts": [{"text": part}]}}, **more)],
            "modelVersion": model, "responseId": "r_t"})
    usage = {"promptTokenCount": p, "candidatesTokenCount": c,
             "totalTokenCount": p + c}
    if not stream:
        return dict(event(text, finishReason="STOP"), usageMetadata=usage)
    parts = pieces(text)
    events = [event(x) for x in parts[:-1]]
    events.append(dict(event(parts[-1], finishReason="STOP"),
                       usageMetadata=usage))
    return sse(events, False)


def make_ollama(text, model, p, c, stream):
    head = {"model": model, "created_at": "2026-11-22T09:00:00Z"}
    last = {"done": True, "done_reason": "stop", "prompt_eval_count": p,
            "eval_count": c}
    if not stream:
        return dict(head, message={"role": "assistant", "content": text},
                    **last)
    lines = [dict(head, done=False,
                  message={"role": "assistant", "content": x})
             for x in pieces(text)]
    lines.append(dict(head, message={"role": "assistant", "content": ""},
                      **last))
    return "".join(json.dumps(x) + "\n" for x in lines).encode()


MAKE = {"openai-responses": make_responses, "openai-chat": make_chat,
        "anthropic": make_anthropic, "google": make_google,
        "ollama": make_ollama}
MODELS = {
    "/api/tags": {"models": [{"name": "llama3.2", "model": "llama3.2"},
                             {"name": "qwen3:4b", "model": "qwen3:4b"}]},
    "/v1beta/models": {"models": [
        {"name": "models/gemini-3.8-flash",
         "supportedGenerationMethods": ["generateContent"]},
        {"name": "models/gemini-embedding",
         "supportedGenerationMethods": ["embedContent"]}]},
    "/models": {"object": "list", "data": [
        {"id": "gpt-6.1-terra", "object": "model"},
        {"id": "claude-sonnet-5-5", "type": "model"},
        {"id": "local-model", "object": "model"}]},
}


# ---- which reply ----

class Script:
    def __init__(self, replies):
        if isinstance(replies, list):
            replies = {"/": replies}
        self.routes = {k: self.spread(v) for k, v in replies.items()}
        self.lock = threading.Lock()

    @staticmethod
    def spread(replies):
        return [r for r in replies for _ in range(r.get("repeat", 1))]

    def next(self, path):
        with self.lock:
            for part in sorted(self.routes, key=len, reverse=True):
                if part in path and self.routes[part]:
                    replies = self.routes[part]
                    return replies.pop(0) if len(replies) > 1 else replies[0]
        return None


def default_reply(path, body):
    wire = wire_of(path.split("?")[0])
    if wire:
        ending = "ndjson" if wire == "ollama" else "sse"
        name = "stream." + ending if wants_stream(path, body) else "ok.json"
        return {"file": wire + "/" + name}
    for part, answer in MODELS.items():
        if path.split("?")[0].endswith(part):
            return {"json": answer}
    return {"status": 404, "json": {"error": {
        "message": "no such path", "type": "not_found_error",
        "param": None, "code": None}}}


def model_of(path, body):
    if isinstance(body, dict) and isinstance(body.get("model"), str):
        return body["model"]
    if "/models/" in path:
        return path.split("/models/")[1].split(":")[0]
    return "model"


def text_reply(reply, path, body, raw):
    wire = wire_of(path.split("?")[0]) or "openai-chat"
    stream = wants_stream(path, body)
    text = raw.decode("utf-8", "replace") if reply.get("echo") \
        else reply["text"]
    p, c = reply.get("usage", [10, 5])
    made = MAKE[wire](text, reply.get("model") or model_of(path, body), p, c,
                      stream)
    if isinstance(made, bytes):
        return made, TYPES[".ndjson" if wire == "ollama" else ".sse"]
    return json.dumps(made).encode(), TYPES[".json"]


def render(reply, path, body, raw):
    """The bytes of a reply and their type."""
    if "file" in reply:
        name = os.path.join(DATA, reply["file"])
        with open(name, "rb") as f:
            return f.read(), TYPES.get(os.path.splitext(name)[1], "")
    if "text" in reply or reply.get("echo"):
        return text_reply(reply, path, body, raw)
    if "base64" in reply:
        return base64.b64decode(reply["base64"]), "application/octet-stream"
    if "body" in reply:
        return reply["body"].encode(), "text/plain"
    return json.dumps(reply.get("json", {})).encode(), TYPES[".json"]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def read_body(self):
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            return raw, json.loads(raw)
        except ValueError:
            return raw, None

    def note(self, raw, body):
        if not self.server.log:
            return
        entry = {"method": self.command, "path": self.path,
                 "headers": {k.lower(): v for k, v in self.headers.items()},
                 "body": body, "raw": raw.decode("utf-8", "replace")}
        line = (json.dumps(entry) + "\n").encode()
        fd = os.open(self.server.log,
                     os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(fd, line)
        os.close(fd)

    def send_chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def hang_up(self):
        """A reset: nothing that could be taken for an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def send_slowly(self, reply, data):
        size = reply.get("chunk") or max(len(data), 1)
        cut, sent = reply.get("cut"), 0
        while sent < len(data):
            time.sleep(reply.get("delay", 0))
            piece = data[sent:sent + size]
            if cut is not None and sent + len(piece) >= cut:
                if cut > sent:
                    self.send_chunk(piece[:cut - sent])
                time.sleep(0.05)
                self.hang_up()
                return
            self.send_chunk(piece)
            sent += len(piece)
        self.wfile.write(b"0\r\n\r\n")

    def answer(self):
        raw, body = self.read_body()
        self.note(raw, body)
        reply = self.server.script.next(self.path) \
            or default_reply(self.path, body)
        time.sleep(reply.get("wait", 0))
        data, kind = render(reply, self.path, body, raw)
        headers = {"content-type": kind, "x-request-id": "req_t"}
        headers.update({k.lower(): v
                        for k, v in reply.get("headers", {}).items()})
        self.send_response(reply.get("status", 200))
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        self.send_slowly(reply, data)

    def do_POST(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError, OSError):
            self.close_connection = True

    do_GET = do_POST


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass


def watch(parent, life):
    end = time.monotonic() + life
    while time.monotonic() < end and os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


def main():
    parent = os.getppid()
    p = argparse.ArgumentParser()
    p.add_argument("--script")
    p.add_argument("--log")
    p.add_argument("--port-file")
    p.add_argument("--life", type=float, default=60)
    args = p.parse_args()
    script = []
    if args.script:
        with open(args.script, encoding="utf-8") as f:
            script = json.load(f)
    elif os.environ.get("AI_SCRIPT"):
        script = json.loads(os.environ["AI_SCRIPT"])
    signal.signal(signal.SIGTERM, lambda *a: os._exit(0))
    server = Server(("127.0.0.1", 0), Handler)
    server.script, server.log = Script(script), args.log
    port = server.server_address[1]
    if args.port_file:
        with open(args.port_file + ".new", "w", encoding="ascii") as f:
            f.write("%d\n" % port)
        os.rename(args.port_file + ".new", args.port_file)
    print(port, flush=True)
    threading.Thread(target=watch, args=(parent, min(args.life, 60)),
                     daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
