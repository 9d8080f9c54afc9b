"""A real Prometheus that scrapes daemons and evaluates the alert rules, with short intervals."""
import json
import pathlib
import re
import shutil
import urllib.parse

from daemon import free_port
from emulator import fetch
from programs import ROOT, Program
from waiting import until

DASHBOARD = ROOT / "packaging" / "grafana" / "kustodrop.json"
RULES = ROOT / "packaging" / "prometheus" / "kustodrop.rules.yml"

# What stands in the rules, and what a test can wait for.
SHORTER = [
    (r"(?m)^(\s+for:) \d+m$", r"\1 1s"),
    (r"\[15m\]\) > 0", "[10s]) > 0"),
    (r"\[15m\]\) > 2", "[1m]) > 2"),
    (r"\[1h\]\) > 10", "[10s]) > 0"),
    (r"age_seconds > 900$", "age_seconds > 3"),
    (r"behind_seconds > 900$", "behind_seconds > 3"),
    (r"age_seconds > 10800 and .*$", "age_seconds > 45"),
    (r"expiry_seconds < (?:120|1800)$", "expiry_seconds < 5"),
]


def shortened(text):
    for pattern, short in SHORTER:
        text, times = re.subn(pattern, short, text, flags=re.M)
        assert times, f"the rules have no {pattern}"
    return text


def dashboard_questions():
    """Every expression of the Grafana dashboard, its variables filled in."""
    dashboard = json.loads(DASHBOARD.read_text())
    filled = {"$__rate_interval": "10s", "$instance": ".*", "$watch": ".*"}
    questions = []
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            question = target["expr"]
            for variable, value in filled.items():
                question = question.replace(variable, value)
            questions.append(question)
    return questions


def is_there():
    return bool(shutil.which("prometheus") and shutil.which("promtool"))


class Prometheus:
    def __init__(self, folder, targets):
        folder = pathlib.Path(folder)
        folder.mkdir()
        self.rules = folder / "kustodrop.rules.yml"
        self.rules.write_text(shortened(RULES.read_text()))
        config = folder / "prometheus.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms",
                       "evaluation_interval": "500ms"},
            "rule_files": [str(self.rules)],
            "scrape_configs": [
                {"job_name": "kustodrop", "static_configs": [{"targets": targets}]}
            ],
        }))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [
            shutil.which("prometheus"), f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}",
        ]
        self.program = Program("prometheus", command, folder / "prometheus.log")
        until("prometheus to be ready", self._ready, seconds=120)

    def _ready(self):
        self.program.check()
        try:
            return fetch(f"{self.url}/-/ready")[0] == 200
        except OSError:
            return False

    def get(self, path):
        status, body = fetch(f"{self.url}/api/v1/{path}")
        assert status == 200, (status, body)
        return json.loads(body)["data"]

    def query(self, expression):
        return self.get("query?" + urllib.parse.urlencode({"query": expression}))["result"]

    def firing(self):
        """{(alert, instance)} of what fires now."""
        alerts = self.get("alerts")["alerts"]
        return {
            (one["labels"]["alertname"], one["labels"]["instance"])
            for one in alerts
            if one["state"] == "firing"
        }

    def has_fired(self, alert, instance):
        which = f'alertname="{alert}",instance="{instance}",alertstate="firing"'
        return bool(self.query(f"count_over_time(ALERTS{{{which}}}[15m])"))

    def names(self):
        groups = self.get("rules")["groups"]
        return {rule["name"] for group in groups for rule in group["rules"]}

    def healthy_targets(self):
        targets = self.get("targets")["activeTargets"]
        return sum(one["health"] == "up" for one in targets)
