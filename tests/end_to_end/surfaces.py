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
CALL = """
const { name, given } = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(eval(name)(...given)));
"""
WHOLE = """
function wholeText(status, failures) {
  const [, sentence, troubles] = summary(status, failures);
  const watches = status.watches.map((watch) => stateOf(watch, status).slice(1).join(": "));
  return [sentence, ...troubles, ...watches].join(" | ");
}
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
    return on_page("wholeText", status, failures) if shutil.which("node") else None


def on_page(function, *arguments):
    """What one of the page's functions returns."""
    program = TEXT.read_text() + WHOLE + CALL
    given = json.dumps({"name": function, "given": arguments})
    done = subprocess.run(["node", "-e", program], input=given, capture_output=True, text=True,
                          check=True, timeout=60)
    return json.loads(done.stdout)
