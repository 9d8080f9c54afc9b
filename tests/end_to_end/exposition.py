"""Prometheus' text format as a test reads it, and the identity that must hold in every scrape."""
import re

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:\\.|[^"\\])*)"')


class Exposition:
    """One scrape: `types` by family, `help` by family, and the samples."""

    def __init__(self, text):
        self.text, self.types, self.help, self.samples = text, {}, {}, {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                self.types[name] = kind
            elif line.startswith("# HELP "):
                _, _, name, text = line.split(" ", 3)
                self.help[name] = text
            else:
                name, labels, value = SAMPLE.match(line).groups()
                key = (name, frozenset(LABEL.findall(labels or "")))
                assert key not in self.samples, f"twice: {line}"
                self.samples[key] = float(value)

    def get(self, name, **labels):
        """The sum of the samples of that name that have these labels."""
        wanted = set(labels.items())
        return sum(
            value for (found, own), value in self.samples.items() if found == name and wanted <= own
        )

    def labels_of(self, name):
        """The sets of label names that a metric's samples have."""
        return {
            tuple(sorted(key for key, _ in own)) for found, own in self.samples if found == name
        }

    def watches(self):
        return {
            dict(own)["watch"] for name, own in self.samples if name == "kustodrop_files_seen_total"
        }

    def broken_identities(self):
        """Watches whose files do not add up: seen + resumed = outcomes + in a stage now."""
        broken = {}
        for watch in self.watches():
            came = self.get("kustodrop_files_seen_total", watch=watch)
            came += self.get("kustodrop_files_resumed_total", watch=watch)
            went = self.get("kustodrop_sources_total", watch=watch)
            there = self.get("kustodrop_sources_in_stage", watch=watch)
            if came != went + there:
                broken[watch] = {"came": came, "outcomes": went, "in a stage": there}
        return broken
