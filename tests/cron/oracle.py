#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the schedules of lib/base/cron.c to others' opinion of them.

usage: oracle.py ASK [CASES [SEED]]

In UTC the oracle is croniter. Two things it reads otherwise, and these are left
to the reference below: a field of days that begins with '*' and has a step
("*/2" is a restriction to it, beside another one), and "5L" or "5#2" beside
days of the month (both have to fit). It takes 0-6 for '*', and around the end
of February it loses days; so where it and awm differ the reference decides, and
may do so in one case of fifty at most.
Around changes of the clock it is known to be wrong (it repeats times, and
skips them), so for zones the reference is a brute one, written from the rules
in cron.h on Python's zoneinfo.
"""

import calendar
import datetime as dt
import random
import subprocess
import sys
import zoneinfo

import croniter

UTC = dt.timezone.utc
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "sun mon tue wed thu fri sat".split()
BOUNDS = [(0, 59, None), (0, 23, None), (1, 31, None), (1, 12, MONTHS),
          (0, 6, WEEKDAYS)]
ZONES = ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York",
         "America/Sao_Paulo", "Pacific/Apia",
         "Africa/Casablanca", "Europe/Dublin", "America/St_Johns",
         "Asia/Tehran", "Antarctica/Troll", "Pacific/Chatham"]


# ---- random schedules ----

def value(rng, field, low, high):
    names = BOUNDS[field][2]
    v = rng.randint(low, high)
    if names and rng.random() < 0.4:
        name = names[v - BOUNDS[field][0]]
        return v, rng.choice([name, name.upper(), name.title()])
    return v, str(v)


def item(rng, field):
    low, high, _ = BOUNDS[field]
    kind = rng.random()
    if kind < 0.5:
        return value(rng, field, low, high)[1]
    if kind < 0.8:
        a, text = value(rng, field, low, high)
        return f"{text}-{value(rng, field, a, high)[1]}" if a < high else text
    a, text = value(rng, field, low, high)
    if a == high:
        return text
    return f"{text}-{value(rng, field, a + 1, high)[1]}/{rng.randint(1, 9)}"


def field_text(rng, field, star):
    kind = rng.random()
    if kind < star:
        return "*"
    if kind < star + 0.1:
        return f"*/{rng.randint(1, 12 if field != 4 else 4)}"
    if field == 2 and kind < star + 0.2:
        return "L"
    if field == 4 and kind < star + 0.25:
        n = rng.choice(["L", "#1", "#2", "#3", "#4", "#5"])
        return f"{rng.randint(0, 6)}{n}"
    return ",".join(item(rng, field) for _ in range(rng.randint(1, 3)))


def schedule(rng, stars=(0.3, 0.3, 0.5, 0.6, 0.5)):
    return " ".join(field_text(rng, i, stars[i]) for i in range(5))


# ---- the brute reference ----

class Reference:
    def __init__(self, text):
        fields = text.lower().split()
        self.minutes = self.expand(fields[0], 0)
        self.hours = self.expand(fields[1], 1)
        self.months = self.expand(fields[3], 3)
        self.day_items = fields[2].split(",")
        self.weekday_items = fields[4].split(",")
        self.both = fields[2][0] == "*" or fields[4][0] == "*"
        self.rhythm = fields[1][0] == "*" or len(self.hours) == 24

    @staticmethod
    def number(text, field):
        names = BOUNDS[field][2]
        if names and text in names:
            return names.index(text) + BOUNDS[field][0]
        return int(text)

    def expand(self, text, field):
        found = set()
        for part in text.split(","):
            body, _, step = part.partition("/")
            if body == "*":
                low, high = BOUNDS[field][:2]
            elif "-" in body:
                low, high = (self.number(x, field) for x in body.split("-"))
            else:
                low = high = self.number(body, field)
            found.update(range(low, high + 1, int(step or 1)))
        return found

    def is_day(self, date):
        last = calendar.monthrange(date.year, date.month)[1]
        weekday = date.isoweekday() % 7
        days = weekdays = False
        for part in self.day_items:
            days |= (date.day == last if part == "l"
                     else date.day in self.expand(part, 2))
        for part in self.weekday_items:
            if part.endswith("l"):
                weekdays |= int(part[:-1]) == weekday and date.day + 7 > last
            elif "#" in part:
                day, nth = (int(x) for x in part.split("#"))
                weekdays |= (day == weekday and
                             (date.day - 1) // 7 + 1 == nth)
            else:
                weekdays |= weekday in self.expand(part, 4)
        if date.month not in self.months:
            return False
        return days and weekdays if self.both else days or weekdays

    def matches(self, naive):
        return (naive.minute in self.minutes and naive.hour in self.hours and
                self.is_day(naive.date()))

    def beside(self, start, back):
        """The nearest one in UTC, day by day."""
        day = start.replace(hour=0, minute=0, second=0)
        times = sorted((h, m) for h in self.hours for m in self.minutes)
        while True:
            if self.is_day(day.date()):
                for h, m in reversed(times) if back else times:
                    at = day.replace(hour=h, minute=m)
                    if at < start if back else at > start:
                        return at
            day += -DAY if back else DAY

    def between(self, zone, start, end):
        """Every instant in (start, end], minute by minute."""
        found = []
        tz = zoneinfo.ZoneInfo(zone)
        at = start - 2 * DAY
        high = None
        while at <= end:
            local = at.astimezone(tz).replace(tzinfo=None)
            if self.rhythm:
                hit = self.matches(local)
            else:
                first = local if high is None else high + MINUTE
                hit = False
                while first <= local:
                    hit |= self.matches(first)
                    first += MINUTE
            high = local if high is None else max(high, local)
            if hit and at > start:
                found.append(at)
            at += MINUTE
        return found


# ---- asking ----

def ms(at):
    return round(at.timestamp()) * 1000


class Ask:
    def __init__(self, program):
        self.program = program
        self.lines, self.wants, self.judges = [], [], {}
        self.overruled = 0

    def add(self, want, what, text, zone, at):
        self.lines.append(f"{what}\t{text}\t{zone}\t{at}\n")
        self.wants.append(want)

    def judge(self, reference):
        """Who decides when the last question is answered otherwise."""
        self.judges[len(self.lines) - 1] = reference

    def right(self, i, want, answer):
        if str(want) == answer:
            return True
        if i in self.judges and str(ms(self.judges[i]())) == answer:
            self.overruled += 1
            return self.overruled * 50 <= len(self.lines)
        return False

    def differ(self):
        done = subprocess.run([self.program], input="".join(self.lines),
                              stdout=subprocess.PIPE, text=True, check=True)
        got = done.stdout.split()
        assert len(got) == len(self.wants), "an answer for each question"
        return [f"{line.strip()}: want {want}, got {answer}"
                for i, (line, want, answer) in enumerate(
                    zip(self.lines, self.wants, got))
                if not self.right(i, want, answer)]


def of_croniter(text, start, back):
    """None for what croniter reads otherwise, or cannot find."""
    fields = text.split()
    stepped = [f.startswith("*/") for f in (fields[2], fields[4])]
    if "*" not in (fields[2], fields[4]) and (
            any(stepped) or "#" in fields[4] or "L" in fields[4]):
        return None
    words = fields[:4] + [
        ",".join("L" + p[:-1] if p.endswith("L") else p
                 for p in fields[4].split(","))]
    try:
        it = croniter.croniter(" ".join(words), start)
        got = (it.get_prev if back else it.get_next)(dt.datetime)
    except (croniter.CroniterBadDateError, croniter.CroniterBadCronError):
        return None
    return ms(got.replace(tzinfo=UTC))


def instant(rng):
    low = dt.datetime(1996, 1, 1, tzinfo=UTC)
    return low + dt.timedelta(seconds=rng.randrange(110 * 365 * 86400))


def check_croniter(ask, rng, cases):
    done = 0
    while done < cases:
        text, start = schedule(rng), instant(rng)
        back = rng.random() < 0.3
        # croniter's "previous" of a moment within a minute may be this one
        if back:
            start = start.replace(second=0)
        want = of_croniter(text, start.replace(tzinfo=None), back)
        if want is None:
            continue
        ask.add(want, "previous" if back else "next", text, "UTC", ms(start))
        ask.judge(lambda t=text, a=start, b=back: Reference(t).beside(a, b))
        done += 1


def changes(zone, year):
    tz = zoneinfo.ZoneInfo(zone)
    at = dt.datetime(year, 1, 1, tzinfo=UTC)
    before, found = at.astimezone(tz).utcoffset(), []
    while at.year == year:
        offset = at.astimezone(tz).utcoffset()
        if offset != before:
            found.append(at)
        before = offset
        at += dt.timedelta(hours=1)
    return found


def check_zone(ask, rng, zone, years, each):
    """Every instant of the two days around a change, forwards and back."""
    for year in years:
        for change in changes(zone, year):
            for _ in range(each):
                text = schedule(rng, (0.2, 0.35, 0.7, 0.9, 0.7))
                start = change - dt.timedelta(minutes=rng.randrange(1440))
                end = start + dt.timedelta(hours=30)
                found = Reference(text).between(zone, start, end)
                at = start
                for want in found[:40]:
                    ask.add(ms(want), "next", text, zone, ms(at))
                    at = want
                for i, want in enumerate(found[:40]):
                    after = found[i + 1] if i + 1 < len(found) else want
                    ask.add(ms(want), "previous", text, zone,
                            ms(after) if after > want else ms(want) + 1)


def check_reference(ask, rng, cases):
    """What croniter reads otherwise: both fields of days, in UTC."""
    for _ in range(cases):
        text = " ".join([str(rng.randrange(60)), str(rng.randrange(24)),
                         rng.choice(["*/2", "*/3", "*/10", "L", "1-7", "L,3"]),
                         "*", rng.choice(["*/2", "*", "*/3", "1", "FRI", "5L",
                                          "1#2", "1#1,3", "6#5,2L"])])
        start = instant(rng).replace(second=0)
        at = Reference(text).beside(start, False)
        ask.add(ms(at), "next", text, "UTC", ms(start))


def main():
    program = sys.argv[1]
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else 4000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    parts = [
        ("schedules as croniter has them, in UTC",
         lambda a, r: check_croniter(a, r, cases)),
        ("both fields of days, as crontab(5) has them",
         lambda a, r: check_reference(a, r, cases // 4)),
    ]
    for zone in ZONES:
        parts.append((f"changes of the clock: {zone}",
                      lambda a, r, z=zone: check_zone(
                          a, r, z, (2011, 2026, 2043), cases // 500)))
    failed = 0
    print(f"1..{len(parts)}")
    for number, (name, part) in enumerate(parts, 1):
        ask = Ask(program)
        part(ask, random.Random(seed * 100 + number))
        wrong = ask.differ()
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name} "
              f"({len(ask.lines)} answers, {ask.overruled} overruled)")
        for line in wrong[:5]:
            print(f"# {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
