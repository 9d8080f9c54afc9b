#!/usr/bin/env python3
"""The status page in a real browser: live, readable, usable by keyboard, and with no way around."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import packages
from daemon import free_port
from emulator import fetch
from harness import EndToEnd, csv_rows
from outcome_test import BROKEN

CHROMIUM = shutil.which("chromium")


class Browser:
    def __init__(self, folder):
        self.errors = open(folder / "browser.log", "w+", encoding="utf-8")
        command = [packages.NODE, packages.HERE / "browse.mjs", CHROMIUM, folder / "profile"]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, text=True, env={**os.environ, "HOME": str(folder)},
        )

    def do(self, command, **rest):
        self.process.stdin.write(json.dumps({"command": command, **rest}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the browser ended"}
        if "error" in answer:
            self.errors.seek(0)
            said = self.errors.read()[-2000:]
            raise AssertionError(f"{command} {rest}: {answer['error']}\n{said}")
        return answer["result"]

    def until(self, expression, seconds=60):
        return self.do("until", expression=expression, seconds=seconds)

    def text(self, selector):
        return self.do("evaluate", expression=f"document.querySelector({selector!r}).innerText")

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


def shows(selector, text):
    where = f"[...document.querySelectorAll({json.dumps(selector)})]"
    return f"{where}.some((one) => one.innerText.includes({json.dumps(text)}))"


class StatusPage(EndToEnd):
    def open(self, watch=None, watches=None, **settings):
        self.address = f"127.0.0.1:{free_port()}"
        emulator = self.emulator()
        settings.setdefault("admin", {})["http"] = self.address
        daemon = self.daemon(emulator, watch, watches=watches, **settings).start()
        self.browser = Browser(self.folder)
        self.addCleanup(self.browser.end)
        self.opened = self.browser.do("open", url=f"http://{self.address}/")
        self.browser.until(shows("#live", "live"))
        return emulator, daemon

    def assert_accessible(self, name):
        """No serious finding of axe-core, light and dark, wide and narrow."""
        for scheme in ("light", "dark"):
            self.browser.do("look", scheme=scheme, motion="reduce")
            for width in (1280, 360):
                self.browser.do("size", width=width, height=800)
                found = self.browser.do("axe")
                bad = [one for one in found if one["impact"] in ("serious", "critical")]
                self.assertEqual(bad, [], f"{name}, {scheme}, {width}")
                wide = "document.documentElement.scrollWidth"
                self.assertLessEqual(self.browser.do("evaluate", expression=wide), width)
                self.picture(f"{name}-{scheme}-{width}")
        self.browser.do("look", scheme="light")
        self.browser.do("size", width=1280, height=800)

    def picture(self, name):
        """Kept where KUSTODROP_PICTURES says, for people to look at."""
        folder = os.environ.get("KUSTODROP_PICTURES")
        if folder:
            self.browser.do("shot", path=str(pathlib.Path(folder) / f"{name}.png"))

    def test_a_drop_appears_within_two_seconds_and_a_failure_can_be_retried(self):
        emulator, daemon = self.open()
        self.assert_accessible("empty")
        daemon.put("good.csv", csv_rows(5))
        # Claimed after 0.1 s of quiet; the rest is the page's.
        took = self.browser.until(shows("#file-list", "good.csv"))
        print(f"a drop appeared after {took} ms")
        self.assertLess(took, 2000)
        self.settled(daemon, succeeded=1)
        self.browser.until(shows("#file-list .badge", "succeeded"))
        daemon.put("bad.csv", BROKEN)
        (entry,) = [one for one in self.settled(daemon, succeeded=1, failed=1) if one["code"]]
        self.browser.until(shows("#failure-list", "bad.csv"))
        shown = self.browser.text("#failure-list")
        self.assertIn(entry["code"], shown)
        # The page says the code once, though the details begin with it.
        self.assertIn(entry["details"].removeprefix(f"{entry['code']}: "), shown)
        self.assert_accessible("failure")
        # The test corrects the file in quarantine, then retries it by keyboard alone.
        quarantined = daemon.drop / ".kustodrop" / "quarantine"
        (place,) = [name for name in daemon.inside("quarantine") if name.endswith("bad.csv")]
        (quarantined / place).write_text(csv_rows(3))
        self.browser.do("evaluate", expression="document.querySelector('#failures').focus()")
        self.browser.do("press", key="Tab")
        focused = "document.activeElement.getAttribute('aria-label')"
        self.assertEqual(self.browser.do("evaluate", expression=focused), "Retry bad.csv")
        self.browser.do("press", key="Enter")
        self.browser.until(shows("#retry-result", "bad.csv is being sent again"))
        self.settled(daemon, succeeded=2, failed=1)
        self.browser.until("document.querySelectorAll('#failure-list li').length === 0")
        self.assertEqual(emulator.count(), 8)
        self.assertEqual(self.browser.do("complaints"), [])

    def test_many_watches_and_their_troubles_are_seen(self):
        watches = []
        for number in range(12):
            folder = self.folder / f"drop-{number}"
            folder.mkdir()
            watches.append({"name": f"site-{number}", "path": str(folder)})
        watches[3]["table"] = "Nowhere"
        emulator, daemon = self.open(watches=watches)
        for number in range(12):
            daemon.put("later.csv", csv_rows(1), watches[3]["path"])
            for file in range(number):
                daemon.put(f"{file}.csv", csv_rows(20), watches[number]["path"])
        (self.folder / "drop-5").rename(self.folder / "gone")
        self.browser.until(shows("#watch-list .badge", "folder absent"))
        emulator.pause()
        self.browser.until(shows("#troubles", "site-5"))
        self.assertEqual(self.browser.do("evaluate", expression=(
            "document.querySelectorAll('#watch-list > li').length"
        )), 12)
        self.assert_accessible("many")
        daemon.stop()
        self.browser.until(shows("#state", "does not answer"))
        self.picture("gone")
        self.browser.do("complaints")

    def test_nobody_but_the_page_may_change_anything(self):
        _, daemon = self.open()
        page = fetch(f"http://{self.address}/")[1].decode()
        token = page.split('name="kustodrop-token" content="')[1].split('"')[0]
        self.assertEqual(len(token), 32)
        own = {"Origin": f"http://{self.address}", "X-Kustodrop-Token": token}

        def retry(**changes):
            headers = {k: v for k, v in {**own, **changes}.items() if v}
            return fetch(f"http://{self.address}/retry?watch=web", "POST", b"", headers)[0]

        self.assertEqual(retry(), 200)
        self.assertEqual(retry(Origin="http://evil.example"), 403)
        self.assertEqual(retry(Origin=None), 403)
        self.assertEqual(retry(**{"X-Kustodrop-Token": "0" * 32}), 403)
        self.assertEqual(retry(Host="evil.example", Origin="http://evil.example"), 421)
        policy = self.opened["headers"]["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        # What is not in the page cannot run in it.
        self.browser.do("evaluate", expression=(
            "(() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
            " document.body.append(s); return null; })()"
        ))
        self.assertIsNone(self.browser.do("evaluate", expression="window.bad ?? null"))
        self.assertEqual(daemon.ask("/")[0], 200)


if __name__ == "__main__":
    packages.require()
    if not CHROMIUM:
        packages.skip("chromium is not installed (./dev install --all)")
    unittest.main()
