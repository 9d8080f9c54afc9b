"""What people see beside the commands: the alerts, and the text of the page."""
import json
import operator
import re
import shutil
import subprocess

from programs import ROOT

RULES = ROOT / "packaging" / "prometheus" / "kustodrop.rules.yml"
TEXT = ROOT / "daemon" / "admin" / "page" / "text.js"
RULE = re.compile(r"- alert: (\w+)\n\s+expr: (abs\()?(\w+)\)? (==|<|>) (\d+)\n")
COMPARED = {"==": operator.eq, "<": operator.lt, ">": operator.gt}
ON_PAGE = """
const { status, failures } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const [, sentence, troubles] = summary(status, failures);
const watches = status.watches.map((watch) => stateOf(watch, status).slice(1).join(": "));
process.stdout.write([sentence, ...troubles, ...watches].join(" | "));
"""


def alerts(scraped):
    """The alerts whose expression holds in this scrape, whatever they wait for: those that compare
    one metric with a number. The others need a history."""
    rules = RULE.findall(RULES.read_text())
    assert len(rules) > 8, "the rules have another form"
    return {
        alert
        for alert, magnitude, name, comparison, limit in rules
        for (found, _), value in scraped.samples.items()
        if found == name and COMPARED[comparison](abs(value) if magnitude else value, float(limit))
    }


def page(status, failures=0):
    """The text of the page for this answer of /status; nothing without node."""
    if not shutil.which("node"):
        return None
    program = TEXT.read_text() + ON_PAGE
    given = json.dumps({"status": status, "failures": failures})
    done = subprocess.run(["node", "-e", program], input=given, capture_output=True, text=True,
                          check=True, timeout=60)
    return done.stdout
