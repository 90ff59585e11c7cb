# SPDX-License-Identifier: MIT
"""usage: tally.py TESTLOG.json

Counts the test cases in meson's log: the "ok" and "not ok" lines of a test
that prints TAP, and one for a test that does not. Names those that failed,
ends with "N passed, N failed", and exits 1 when one failed or none was run.
"""

import json
import re
import sys

RESULT = re.compile(r"^(not )?ok\b[ \t]*(\d+)?[ \t]*(.*)$")
LINES = 60  # of what explains one failure
PLAN = re.compile(r"^1\.\.(\d+)")


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def case(self, test, ok, title, lines=()):
        label = f"{test}: {title}" if title else test
        if ok and re.search(r"#\s*skip", title, re.IGNORECASE):
            self.skipped.append(label)
        elif ok:
            self.passed += 1
        else:
            self.failed.append((label, lines))

    def test(self, record):
        name = record["name"].split(":", 1)[-1]
        ended_well = record["result"] in ("OK", "EXPECTEDFAIL")
        planned = seen = failures = 0
        lines = (record.get("stdout") or "").splitlines()
        for at, line in enumerate(lines):
            plan = PLAN.match(line)
            result = RESULT.match(line)
            if plan:
                planned += int(plan.group(1))
            elif result:
                seen += 1
                failures += bool(result.group(1))
                self.case(name, not result.group(1),
                          result.group(3).lstrip("- "),
                          comment_after(lines, at))
        if seen == 0 and planned == 0 and record["result"] == "SKIP":
            self.skipped.append(name)
        elif seen == 0:
            self.case(name, ended_well, "")
        elif seen < planned:
            self.case(name, False, f"{planned - seen} cases were not run")
        elif not ended_well and not failures:
            self.case(name, False, f"ended as {record['result']}")


def comment_after(lines, at):
    """The "#" lines that explain the result in line `at`."""
    end = at + 1
    while end < len(lines) and lines[end].startswith("#"):
        end += 1
    return lines[at + 1:end]


def main():
    tally = Tally()
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            tally.test(json.loads(line))
    for label in tally.skipped:
        print(f"skipped: {label}")
    for label, lines in tally.failed:
        print(f"FAILED: {label}")
        for line in lines[:LINES]:
            print(f"    {line}")
    total = f"{tally.passed} passed, {len(tally.failed)} failed"
    if tally.skipped:
        total += f", {len(tally.skipped)} skipped"
    print(total)
    return 1 if tally.failed or not tally.passed else 0


sys.exit(main())
