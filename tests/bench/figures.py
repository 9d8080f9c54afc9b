"""The figures that were measured, what each must be, and how they are shown."""
import json
import pathlib


class Figures:
    """A list of them, printed as they come."""

    def __init__(self):
        self.all = []

    def add(self, row, what, value, unit, at_least=None, at_most=None, note=""):
        """One figure. `value` None: it could not be measured, and `note` says why."""
        wanted = f"≥ {at_least:g}" if at_least is not None else ""
        wanted = f"≤ {at_most:g}" if at_most is not None else wanted
        good = None
        if wanted:
            good = value is not None and not (
                (at_least is not None and value < at_least)
                or (at_most is not None and value > at_most)
            )
        one = {"row": row, "what": what, "value": value, "unit": unit, "wanted": wanted,
               "good": good, "note": note}
        self.all.append(one)
        print(self.line(one), flush=True)

    @staticmethod
    def line(one):
        value = "not measured" if one["value"] is None else f"{one['value']:.4g} {one['unit']}"
        state = {None: "", True: "good", False: "SHORT"}[one["good"]]
        return (f"{one['row']:<9} {one['what']:<58} {value:>18} {one['wanted']:>9} {state:<6}"
                f"{one['note']}").rstrip()

    def short(self):
        return [one for one in self.all if one["good"] is False]

    def write(self, folder, machine, points):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        record = {"machine": machine, "figures": self.all, "throughput": points}
        (folder / "results.json").write_text(json.dumps(record, indent=1) + "\n")
        (folder / "results.md").write_text(self.table())

    def table(self):
        rows = ["| row | figure | measured | must be | |", "|---|---|---|---|---|"]
        for one in self.all:
            value = "not measured" if one["value"] is None else f"{one['value']:.4g} {one['unit']}"
            state = {None: "", True: "✓", False: "falls short"}[one["good"]]
            note = f" ({one['note']})" if one["note"] else ""
            rows.append(
                f"| {one['row']} | {one['what']}{note} | {value} | {one['wanted']} | {state} |"
            )
        return "\n".join(rows) + "\n"
