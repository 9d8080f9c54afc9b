#!/usr/bin/env python3
"""Known defects, in one build of a patched copy of the sources: each is caught by its harness,
with the invariant named that it breaks, and the same harness passes without a defect."""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import unittest

from stand import FULL, Tally, skip

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "seeded"
PROGRAMS = {
    "KUSTODROP": BUILD / "daemon" / "kustodrop",
    "KUSTODROP_EMULATOR": BUILD / "emulator" / "kustodrop-emulator",
}
SIMULATION = BUILD / "tests" / "simulation" / "kustodrop-simulation"
AT_A_TIME = 2
LONGEST = 600  # Seconds for one run.
SEEDS = 5  # That are tried until a defect is caught.

# What a harness is asked to run: enough to trigger the defect and little more.
Probe = collections.namedtuple("Probe", "harness case full", defaults=(None, False))
Bug = collections.namedtuple("Bug", "name probe broken")

def simulated(seeds):
    return Probe("simulation", seeds)


def unit(program, cases):
    """Tests of one part, which say by their names what is wrong."""
    return Probe("unit", f"{program} {cases}")


BUGS = [
    Bug("repost_what_was_posted", simulated("1..24"), "posted again although"),
    Bug("archive_before_the_outcome", simulated("1..24"), "archived before the service said so"),
    Bug("take_failure_for_success", simulated("1..24"), "archived before the service said|lost:"),
    Bug("forget_what_was_appended", simulated("1..24"), "lost:"),
    Bug("trust_the_inode", simulated("1..24"), "lost:"),
    Bug("delete_foreign_messages", simulated("1..24"), "message of another client was deleted"),
    Bug("ignore_retry_after", simulated("1..24"), "before Retry-After was over"),
    Bug("double_post_on_a_lost_answer", Probe("network", 64, True), "I4 "),
    Bug("post_a_wrong_size", Probe("network", 64, True), "I2 "),
    Bug("log_the_sas", Probe("network", 64, True), "I6 "),
    Bug("skip_the_sync", Probe("power_cut", 0, True), "I[14] "),
    Bug("post_before_it_is_recorded", Probe("power_cut", 0, True), "I4 "),
    Bug("forget_the_work_folder", Probe("journal_damage", 0), "I8 "),
    Bug("forget_an_open_post", Probe("power_cut", 0, True), "I4 "),
    Bug("ignore_overflow", Probe("overflow"), "I8 "),
    Bug("follow_symlinks", Probe("attacks", 5), "a secret was sent|I2 "),
    Bug("take_hard_links", Probe("attacks", 6), "a secret was sent|I10 |I2 "),
    Bug("join_what_is_no_record", unit("spool", "inspection_"), "not_one_object_a_line"),
    Bug(
        "ignore_the_first_of_every_slice",
        unit("pipeline", "shipment_"),
        "ignored_only_at_the_beginning",
    ),
    Bug("cut_within_a_record", unit("pipeline", "bytes_to_ship_"), "whole_records_go_at_once"),
    Bug("forget_open_archived_files", unit("pipeline", "retirer_"), "adds_after_the_archive"),
    Bug("take_a_rewrite_for_growth", unit("pipeline", "retirer_"), "truncated_and_written_longer"),
    Bug("compress_what_is_compressed", unit("spool", "compression_kind_"), "first_bytes_name"),
    Bug("know_kept_files_by_their_names", unit("pipeline", "kept_files_"), "kept_files_/"),
    Bug("retry_the_whole_file", unit("pipeline", "retry_"), "only_the_rest_is_sent"),
    Bug("blame_files_for_storage", unit("azure", "storage_error_"), "storage_error_/"),
    Bug("blame_files_for_large_answers", unit("azure", "blob_"), "blob_/"),
    Bug("give_up_for_a_refused_token", unit("pipeline", "policy"), "is_never_the_end_of_a_source"),
    Bug("use_a_refused_token", unit("pipeline", "outcome_handler_"), "is_not_used_again"),
    Bug("send_a_rewrite_under_the_same_id", unit("pipeline", "superseding"), "has_an_id_of_its"),
    Bug("forget_absent_watches", unit("pipeline", "outcome_handler_"), "folder_is_absent"),
    Bug("take_a_blocked_target_for_absence", unit("spool", "archive_"), "not_the_files_fault"),
    Bug("adopt_what_the_journal_knows", unit("pipeline", "former_folder_"), "moved_and_not"),
    Bug("adopt_files_of_a_settled_blob", unit("pipeline", "former_folder_"), "files_of_a_blob"),
    Bug("forget_renamed_watches", unit("pipeline", "renaming_"), "kept_file_is_not_shipped"),
    Bug("count_a_renamed_watch_twice", unit("pipeline", "roster_"), "takes_its_sources_along"),
    Bug("believe_a_failed_move", unit("spool", "claim_"), "claim_/"),
    # Of followed logs: docs/following.md §4.
    Bug("trust_inode_only", unit("spool", "log_book_"), "inode_of_a_deleted_one"),
    Bug("skip_anchor", unit("spool", "log_book_"), "grown_beyond_its_position"),
    Bug("position_before_source", unit("pipeline", "follower_"), "resumes_what_was_cut"),
    Bug("forget_held_on_delete", unit("spool", "followed_logs_"), "read_from_what_is_open"),
    Bug("cut_mid_record", unit("spool", "followed_logs_"), "whole_lines_are_cut_once"),
    Bug("ignore_truncate", unit("spool", "log_book_"), "found_smaller_twice"),
    Bug("follow_the_copy", unit("spool", "rotated_files_"), "standing_log_is_not_followed"),
    Bug("lose_partial_across_rotation", unit("pipeline", "cutter_"), "with_what_continues_it"),
    Bug("advance_on_read", unit("pipeline", "follower_"), "resumes_what_was_cut"),
    Bug("believe_one_small_size", unit("spool", "log_book_"), "comes_back_is_not_a_truncation"),
    Bug("restart_at_zero_after_boot", unit("spool", "log_book_"), "the_last_anchor_that_holds"),
    Bug("add_offset_back", unit("pipeline", "dividing"), "stays_that_range"),
    Bug("drop_range_on_divide", unit("pipeline", "lost_bytes_"), "only_the_lost_ranges"),
]
# What is looked for in every ./dev test.
SHORT = ("post_a_wrong_size", "log_the_sas")


def command_of(probe):
    if probe.harness == "simulation":
        return [str(SIMULATION), "--seeds", probe.case]
    if probe.harness == "unit":
        program, cases = probe.case.split()
        return [str(BUILD / "tests" / f"{program}_tests"), f"--run_test={cases}"]
    return [sys.executable, "-B", str(HERE / f"{probe.harness}_test.py")]


def run(probe, bug=None, seed=1):
    """Returns (exit code, all that was said)."""
    environment = {**os.environ, **{name: str(path) for name, path in PROGRAMS.items()}}
    environment["KUSTODROP_SEED"] = str(seed)
    environment["KUSTODROP_FULL"] = "1" if probe.full else "0"
    if probe.case is not None:
        environment["KUSTODROP_CASE"] = str(probe.case)
    if bug:
        environment |= {"KUSTODROP_DEFECT": bug.name, "KUSTODROP_PATIENCE": "0.25"}
    ended = subprocess.run(
        command_of(probe), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=LONGEST, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout.decode(errors="replace")


class SeededBugs(unittest.TestCase):
    maxDiff = None  # Each that was not caught is shown.

    def setUp(self):
        self.tally = Tally()
        built = subprocess.run(
            [ROOT / "dev", "build", "seeded"], capture_output=True, text=True, check=False
        )
        self.assertEqual(built.returncode, 0, built.stdout[-3000:] + built.stderr[-3000:])

    def look_clean(self, probe):
        code, said = run(probe)
        if code == 77:
            reason = re.search(r"skipped: .*", said)
            print(f"{reason[0] if reason else 'skipped'}; so are its seeded bugs", flush=True)
            self.tally.note("skipped", probe)
            return None
        if code:
            return f"{probe} without a defect: {code}\n{said[-3000:]}"
        self.tally.note("clean", probe)
        return None

    def look_for(self, bug):
        if bug.probe in self.tally.sets.get("skipped", ()):
            self.tally.add("bugs skipped")
            return None
        self.tally.add("bugs")
        # Faults at random moments may miss the one that matters.
        for seed in range(1, SEEDS + 1):
            code, said = run(bug.probe, bug, seed)
            found = re.search(rf"[^\n]*(?:{bug.broken})[^\n]*", said)
            if code not in (0, 77) and found:
                break
        if code in (0, 77) or not found:
            return f"{bug.name} was not caught by {bug.probe}: {code}\n{said[-3000:]}"
        self.tally.add("caught")
        print(f"{bug.name}: caught by {bug.probe.harness}: {found[0].strip()[:140]}", flush=True)
        return None

    def test_each_defect_is_caught_by_the_harness_named_for_it(self):
        chosen = os.environ.get("KUSTODROP_BUG")
        bugs = [bug for bug in BUGS if FULL or bug.name in SHORT]
        if chosen:
            bugs = [bug for bug in BUGS if bug.name in chosen.split(",")]
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as several:
            problems = list(several.map(self.look_clean, dict.fromkeys(b.probe for b in bugs)))
            problems += several.map(self.look_for, bugs)
        counts = ("bugs", "caught", "clean", "bugs skipped")
        said = ", ".join(f"{self.tally[count]} {count}" for count in counts)
        print(f"seeded bugs: {said} ({'full' if FULL else 'short'} form)", flush=True)
        self.assertEqual([problem for problem in problems if problem], [])
        if not chosen:
            self.assertGreaterEqual(self.tally["bugs"], 49 if FULL else len(SHORT))
        self.assertEqual(self.tally["caught"], self.tally["bugs"])


if __name__ == "__main__":
    if not (ROOT / "dev").exists():
        skip("seeded bugs: no source tree to build them from")
    unittest.main(verbosity=2)
