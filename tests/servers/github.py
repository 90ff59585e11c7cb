#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""GitHub's REST API for tests, on the loopback: issues and comments of
acme/shop, in the shape of version 2022-11-28.

    github.py LOG

Prints its port; ends by itself after 60 s, or with the process that started
it. It has a clock of its own, which begins at 2026-11-22T10:00:00Z and goes on
by a minute with every change. POST /control takes

    {"issue": {"number": 3, "title": …}}   adds one, or changes it
    {"comment": {"issue": 3, "id": 7, "body": …, "login": …}}
    {"replies": [{"status": 503, "headers": {…}, "json": …}]}  come first
    {"page": 2}                             the largest page
    {"clock": "2026-11-22T12:00:00Z"}

and GET /control tells all issues. LOG has a JSON object for each request:
method, path, headers (names in lower case), body.
"""
import datetime
import hashlib
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse

TOKEN = "t0ken-4711"
lock = threading.Lock()
issues, comments, replies = {}, {}, []
largest = 100
clock = datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.timezone.utc)


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def tick():
    global clock
    clock += datetime.timedelta(minutes=1)
    return iso(clock)


def user(login):
    return login and {
        "login": login,
        "id": sum(map(ord, login)),
        "type": "User",
        "site_admin": False,
    }


def label(name):
    return {
        "id": sum(map(ord, name)),
        "name": name,
        "color": "ededed",
        "default": False,
        "description": None,
    }


def change(issue, new):
    """What an edit does, as the service does it."""
    for key in ("title", "state_reason", "author_association"):
        if key in new:
            issue[key] = new[key]
    if "body" in new:
        issue["body"] = new["body"] and new["body"].replace("\n", "\r\n")
    if "labels" in new:
        issue["labels"] = [label(n) for n in new["labels"]]
    if "assignees" in new:
        issue["assignees"] = [user(n) for n in new["assignees"]]
        issue["assignee"] = (issue["assignees"] or [None])[0]
    if "state" in new and new["state"] != issue["state"]:
        issue["state"] = new["state"]
        issue["closed_at"] = (
            iso(clock) if new["state"] == "closed" else None
        )
    if "pull_request" in new:
        issue["pull_request"] = {"url": "https://api.github.com/pulls"}
    issue["updated_at"] = tick()
    return issue


def make(number, login="octocat"):
    at = iso(clock)
    return {
        "id": 1000000 + number,
        "node_id": "I_%d" % number,
        "url": "https://api.github.com/repos/acme/shop/issues/%d" % number,
        "html_url": "https://github.com/acme/shop/issues/%d" % number,
        "number": number,
        "title": "",
        "user": user(login),
        "labels": [],
        "state": "open",
        "locked": False,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": 0,
        "created_at": at,
        "updated_at": at,
        "closed_at": None,
        "author_association": "NONE",
        "body": None,
        "state_reason": None,
    }


def put_issue(new):
    number = new.get("number") or max(issues, default=0) + 1
    if number not in issues:
        issues[number] = make(number, new.get("login", "octocat"))
    change(issues[number], new)
    # What the edit of a moment ago was seen at is up to the test.
    for key in ("updated_at", "created_at"):
        if key in new:
            issues[number][key] = new[key]


def put_comment(new):
    issue = issues[new["issue"]]
    at = tick()
    known = comments.get(new["id"])
    comments[new["id"]] = {
        "id": new["id"],
        "url": "https://api.github.com/repos/acme/shop/issues/comments/%d"
        % new["id"],
        "issue_url": issue["url"],
        "user": user(new.get("login", "octocat")),
        "created_at": known["created_at"] if known else at,
        "updated_at": at,
        "author_association": "NONE",
        "body": new["body"],
    }
    issue["comments"] += 0 if known else 1
    issue["updated_at"] = at


def control(new):
    global largest, clock
    if "issue" in new:
        put_issue(new["issue"])
    if "comment" in new:
        put_comment(new["comment"])
    replies.extend(new.get("replies", []))
    largest = new.get("page", largest)
    if "clock" in new:
        clock = datetime.datetime.fromisoformat(
            new["clock"].replace("Z", "+00:00")
        )


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, value=None, headers=None):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response_only(status)
        self.send_header(
            "Date", clock.strftime("%a, %d %b %Y %H:%M:%S GMT")
        )
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        if status != 304:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def fail(self, status, message, headers=None):
        self.answer(status, {"message": message}, headers)

    def listing(self, rows, query):
        rows = [
            r
            for r in rows
            if r["updated_at"] >= query.get("since", "")
            and query.get("state", "all") in ("all", r.get("state", "all"))
            and set(filter(None, query.get("labels", "").split(",")))
            <= {name["name"] for name in r.get("labels", [])}
        ]
        rows.sort(key=lambda r: (r["created_at"], r["id"]))
        size = min(int(query.get("per_page", 30)), largest)
        page = int(query.get("page", 1))
        part = rows[(page - 1) * size : page * size]
        tag = hashlib.sha256(json.dumps(part).encode()).hexdigest()[:16]
        headers = {"ETag": 'W/"%s"' % tag}
        if page * size < len(rows):
            query["page"] = str(page + 1)
            headers["Link"] = (
                '<http://%s%s?%s>; rel="next", <http://%s/x>; rel="last"'
                % (
                    self.headers["host"],
                    self.path.split("?")[0],
                    urllib.parse.urlencode(query),
                    self.headers["host"],
                )
            )
        if self.headers.get("if-none-match") == headers["ETag"]:
            return self.answer(304, None, headers)
        return self.answer(200, part, headers)

    def get(self, parts, query):
        if not parts:
            return self.answer(
                200,
                {
                    "full_name": "acme/shop",
                    "open_issues_count": len(issues),
                    "permissions": {"push": True, "triage": True},
                },
            )
        if parts == ["issues"]:
            return self.listing(list(issues.values()), query)
        if parts == ["issues", "comments"]:
            return self.listing(list(comments.values()), query)
        number = int(parts[1])
        return self.listing(
            [
                c
                for c in comments.values()
                if c["issue_url"].endswith("/%d" % number)
            ],
            query,
        )

    def edit(self, parts, body):
        if self.command == "POST":
            number = max(issues, default=0) + 1
            issues[number] = make(number, "awm-bot")
            issues[number]["author_association"] = "MEMBER"
            return self.answer(201, change(issues[number], body))
        issue = issues.get(int(parts[1]))
        if not issue:
            return self.fail(404, "Not Found")
        if len(body.get("title", "x")) > 256:
            return self.fail(422, "Validation Failed")
        return self.answer(200, change(issue, body))

    def act(self):
        url = urllib.parse.urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        body = json.loads(raw) if raw else None
        if url.path == "/control":
            if body:
                control(body)
            return self.answer(200, list(issues.values()))
        with open(sys.argv[1], "a", encoding="utf-8") as f:
            headers = {k.lower(): v for k, v in self.headers.items()}
            f.write(
                json.dumps(
                    {
                        "method": self.command,
                        "path": self.path,
                        "headers": headers,
                        "body": body,
                    }
                )
                + "\n"
            )
        if replies:
            reply = replies.pop(0)
            return self.answer(
                reply["status"], reply.get("json", {}), reply.get("headers")
            )
        if self.headers.get("authorization") != "Bearer " + TOKEN:
            return self.fail(401, "Bad credentials")
        if not url.path.startswith("/repos/acme/shop"):
            return self.fail(404, "Not Found")
        parts = [p for p in url.path[len("/repos/acme/shop") :].split("/") if p]
        if self.command == "GET":
            query = dict(urllib.parse.parse_qsl(url.query))
            return self.get(parts, query)
        return self.edit(parts, body)

    def do_GET(self):
        with lock:
            self.act()

    do_POST = do_PATCH = do_GET


def main():
    parent = os.getppid()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    end = time.monotonic() + 60
    while time.monotonic() < end and os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


main()
