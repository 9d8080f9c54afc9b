"""A test of which the surfaces of a daemon in trouble agree."""

import json

import surfaces
from harness import EndToEnd, csv_rows


class Troubled(EndToEnd):
    """What all surfaces say in a trouble, and when it is over."""

    WELL = "all is well"
    UNUSABLE = "KustodropServiceUnusable"
    SENTENCES = ("status --json", "status", "readyz", "page")
    UNREACHABLE, REFUSED, CONFIGURATION = 69, 77, 78

    def surfaces(self, daemon, file, metrics):
        """What each surface says, as text; `metrics`: {name: its value in this trouble}."""
        status = daemon.status()  # Its exit code agrees with "healthy", or this fails.
        _, text, _ = daemon.command("status", "--config", daemon.config_path)
        code, explained, err = daemon.command("explain", "--config", daemon.config_path, file)
        self.assertEqual(code, 0, err)
        answer, _, ready = daemon.ask("/readyz")
        scraped = daemon.scrape()
        shown = {"status --json": " | ".join(status["problems"]) or self.WELL}
        troubles = [line for line in text.splitlines() if line.startswith("TROUBLE")]
        shown["status"] = " | ".join(troubles) or self.WELL
        lines = [line for line in ready.splitlines() if line.startswith("TROUBLE")]
        shown["readyz"] = " | ".join(lines) or self.WELL
        shown["readyz code"] = answer
        page = surfaces.page(status)
        shown["page"] = shown["status --json"] if page is None else page
        if page and set(page.split(" | ")) == {"Everything works.", "idle: "}:
            shown["page"] = self.WELL
        shown["alert"] = " ".join(sorted(surfaces.alerts(scraped)))
        shown["explain"] = explained.strip().splitlines()[-1]
        for name, value in metrics.items():
            labels = {"watch": "web"} if name.startswith("kustodrop_watch_") else {}
            found = scraped.get(name, **labels)
            shown[name] = found == value if value is not None else abs(found) > 300
        return shown

    def all_say(self, daemon, file, cause, metrics, explained=None, ready=200, alert=UNUSABLE):
        """Every surface names the trouble."""
        last = {}

        def agreed():
            nonlocal last
            last = self.surfaces(daemon, file, metrics)
            return (
                all(cause in last[name] for name in self.SENTENCES)
                and "Everything works" not in last["page"]
                and (alert is None or alert in last["alert"].split())
                and (explained is None or explained in last["explain"])
                and last["readyz code"] == ready
                and all(last[name] for name in metrics)
            )

        try:
            self.until(f"{cause!r} on every surface", agreed, 120, every=1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{json.dumps(last, indent=1)}") from None
        self.until(f"{cause!r} in the log", lambda: cause in daemon.output())

    def none_says(self, daemon, file, metrics, seconds=400):
        last = {}

        def over():
            nonlocal last
            last = self.surfaces(daemon, file, metrics)
            well = all(last[name] == self.WELL for name in self.SENTENCES) and not last["alert"]
            said = last["explain"].startswith(("shipped at", "all of it has an outcome"))
            said = said and last["readyz code"] == 200
            return well and said and not any(last[name] for name in metrics)

        try:
            self.until("all is well on every surface", over, seconds, every=1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{json.dumps(last, indent=1)}") from None

    def check(self, daemon, code, said=""):
        got, out, err = daemon.command("check", "--config", daemon.config_path)
        self.assertEqual(got, code, out + err)
        self.assertIn(said, out + err)
        return out + err

    def put(self, daemon, files=1):
        for number in range(files):
            daemon.put(f"f{number}.csv", csv_rows(1, number))
        return daemon.drop / "f0.csv"
