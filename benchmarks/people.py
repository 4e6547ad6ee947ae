"""Fifty people at work: they sign in, open pages of the demo, think, and go on."""

from __future__ import annotations

import http.client
import random
import re
import statistics
import threading
import time
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass, field

THINK_S = (1.0, 3.0)
PAGES = ("/", "/overview", "/indicators", "/ledger", "/plans")


@dataclass(slots=True)
class Answers:
    """Times of all answers, in seconds, and what went wrong.

    Attributes
    ----------
    times_s : list of float
        One per page.
    failures : list of str
        Page and status of answers that were not 200, or the error.
    """

    times_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def percentile_ms(self, share: float) -> float:
        """Time below which a share of the answers came, in milliseconds."""
        ordered = sorted(self.times_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Person:
    """One browser without pictures: keeps its connection and cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}

    def sign_in(self, username: str, password: str) -> None:
        """Sign in by the form, as a browser does."""
        page = self.open("/sign-in")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"csrfmiddlewaretoken": token[1] if token else "", "username": username, "password": password}
        status, _ = self._ask("POST", "/sign-in", urllib.parse.urlencode(form))
        if status not in {200, 302, 303}:
            raise RuntimeError(f"{username} could not sign in: {status}")

    def open(self, path: str) -> tuple[int, str]:
        """Fetch a page and follow one redirection."""
        status, text = self._ask("GET", path, "")
        return self._ask("GET", text, "") if status in {301, 302, 303} else (status, text)

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items()), "Accept": "text/html"}
        if body:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self._connection.port}/sign-in",
            }
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.split(";")[0]
        text = answer.read().decode("utf8", "replace")
        return answer.status, answer.getheader("Location") or "/" if answer.status in {
            301,
            302,
            303,
        } else text


def work(port: int, *, people: int, seconds: float, usernames: Sequence[str], password: str) -> Answers:
    """Let people open pages for a while and collect how long each answer took."""
    answers, lock = Answers(), threading.Lock()
    visitors = [Person(port) for _ in range(people)]
    places = [_arrive(each, usernames[n % len(usernames)], password) for n, each in enumerate(visitors)]
    until = time.monotonic() + seconds

    def one(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 (think times, not secrets)
        time.sleep(chance.uniform(0, THINK_S[1]))
        while time.monotonic() < until:
            path = chance.choice(places[number])
            started = time.perf_counter()
            status, _ = visitors[number].open(path)
            taken = time.perf_counter() - started
            with lock:
                answers.times_s.append(taken)
                answers.failures += [] if status == 200 else [f"{path}: {status}"]
            time.sleep(chance.uniform(*THINK_S))

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds + 60)
    return answers


def _arrive(person: Person, username: str, password: str) -> list[str]:
    """Sign in and look around once, unmeasured: people go where their role may."""
    person.sign_in(username, password)
    return [path for path in PAGES if person.open(path)[0] == 200]


def summary(answers: Answers) -> str:
    """Say in one line how many answers came and how long they took."""
    median_ms = 1000 * statistics.median(answers.times_s)
    shares = ", ".join(f"p{share} {answers.percentile_ms(share / 100):.0f} ms" for share in (95, 99))
    count, failed = len(answers.times_s), len(answers.failures)
    return f"{count} answers, median {median_ms:.0f} ms, {shares}, {failed} not 200"
