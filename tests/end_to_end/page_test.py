#!/usr/bin/env python3
"""What the status page says of a status: its own functions, run by node on answers made here."""
import shutil
import unittest

import surfaces

WEST, EAST = "west", "east"


def watch(**more):
    """A watch that is well and has nothing to do."""
    outcomes = ("succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed")
    return {
        "name": "web", "path": "/srv/drop/web", "target": "Logs.Web", "mode": "inotify",
        "present": True, "leaving": False, "paused": None, "held": 0, "failover": None,
        "trouble": None, "notices": [], "low_on_space": False, "waiting_in_folder": 0,
        "pending": 0, "unconfirmed": 0, "quarantined": 0, "next_attempt_in_seconds": None,
        "oldest_age_seconds": None, "outcomes": dict.fromkeys(outcomes, 0), "logs": None, **more,
    }


def status(*watches, **more):
    return {
        "problems": [], "trouble": None, "notification_trouble": None, "journal_healthy": True,
        "stopping": False, "takes_files": True, "watches": list(watches), **more,
    }


def notice(code, detail, files=0, example=""):
    return {"code": code, "files": files, "example": example, "detail": detail}


def of_clusters(*watches, **troubles):
    """The watches of west and east; `troubles`: what is wrong with each."""
    clusters = [
        {"name": name, "trouble": troubles.get(name), "notification_trouble": None}
        for name in (WEST, EAST)
    ]
    problems = [f"cluster {name}: {one['code']}: {one['detail']}" for name, one in troubles.items()]
    first = next(iter(troubles.values()), None)
    return status(*watches, clusters=clusters, problems=problems, trouble=first)


TIMEOUT = {"code": "timeout", "detail": "no progress in time"}
AWAY = {"to": EAST, "since": "2026-11-27T10:00:00Z", "posted": 20}
HOME = {**AWAY, "since": None}


@unittest.skipUnless(shutil.which("node"), "needs node")
class Page(unittest.TestCase):
    def call(self, function, *arguments):
        return surfaces.on_page(function, *arguments)

    def state(self, one, of=None):
        return self.call("stateOf", one, of or status(one))

    def notes(self, one, sentence=""):
        return self.call("notesOf", one, sentence)

    def summary(self, of, failures=0):
        return self.call("summary", of, failures)


class Failover(Page):
    def test_a_watch_that_ships_elsewhere_says_where_and_why(self):
        detail = "what is not posted goes to the cluster east, for west does not work"
        away = watch(cluster=WEST, failover=AWAY, pending=7, notices=[notice("failover", detail)])
        of = of_clusters(away, west=TIMEOUT)
        self.assertEqual(self.state(away, of), ["warn", "shipping to east", detail + "."])
        self.assertEqual(self.notes(away, detail + "."), [])

    def test_the_sentence_of_the_page_says_where_files_go(self):
        of = of_clusters(watch(cluster=WEST, failover=AWAY), watch(cluster=EAST), west=TIMEOUT)
        problem = "cluster west: timeout: no progress in time"
        said = ["warn", "Working: files for west go to east.", [problem]]
        self.assertEqual(self.summary(of), said)

    def test_a_watch_of_the_same_cluster_that_may_not_leave_holds(self):
        stays = watch(cluster=WEST, pending=1)
        of = of_clusters(watch(cluster=WEST, failover=AWAY), stays, west=TIMEOUT)
        said = "Holding: files for west are kept until it can be used again."
        self.assertEqual(self.summary(of)[:2], ["warn", said])
        self.assertEqual(self.state(stays, of)[:2], ["warn", "holding"])

    def test_where_several_clusters_fail_each_is_named(self):
        watches = (watch(cluster=WEST), watch(cluster=EAST))
        said = "Holding: files for west and east are kept until they can be used again."
        self.assertEqual(self.summary(of_clusters(*watches, west=TIMEOUT, east=TIMEOUT))[1], said)

    def test_where_both_clusters_fail_files_are_held(self):
        away = watch(cluster=WEST, failover=AWAY, pending=3, next_attempt_in_seconds=5)
        of = of_clusters(away, watch(cluster=EAST), west=TIMEOUT, east=TIMEOUT)
        self.assertEqual(self.state(away, of), ["warn", "holding", "Next attempt in 5 s."])
        said = "Holding: files for east are kept until it can be used again."
        self.assertEqual(self.summary(of)[1], said)

    def test_after_the_return_what_went_elsewhere_is_still_said(self):
        home = watch(cluster=WEST, failover=HOME)
        self.assertEqual(self.state(home, of_clusters(home))[1], "idle")
        self.assertEqual(self.notes(home), ["20 files went to east since the start."])
        self.assertEqual(self.summary(of_clusters(home))[:2], ["good", "Everything works."])

    def test_the_cluster_of_a_watch_is_named_where_there_are_several(self):
        place = self.call("placeOf", watch(cluster=WEST))
        self.assertEqual(place, "/srv/drop/web → Logs.Web at west (inotify)")
        self.assertNotIn(" at ", self.call("placeOf", watch()))


class States(Page):
    def test_nothing_is_shipped_while_the_journal_cannot_be_written(self):
        for pending in (0, 3):
            busy = watch(pending=pending)
            kind, label, _ = self.state(busy, status(busy, journal_healthy=False))
            self.assertEqual((kind, label), ("bad", "held"))

    def test_files_that_stay_where_they_are_are_not_called_idle_or_shipping(self):
        for code in ("claim_refused", "read_refused", "move_refused", "disk_full"):
            one = notice(code, "cannot claim a.csv: Permission denied.", 3, "a.csv")
            kind, label, said = self.state(watch(pending=1, notices=[one]))
            self.assertEqual(kind, "warn", code)
            self.assertNotIn(label, ("idle", "shipping"))
            self.assertIn("3 files, first a.csv: cannot claim a.csv: Permission denied. It", said)

    def test_trouble_says_when_it_is_tried_again(self):
        trouble = {"code": "folder_hangs", "detail": "it does not answer"}
        soon = watch(trouble=trouble, next_attempt_in_seconds=40)
        self.assertIn("it does not answer. Next attempt in 40 s.", self.state(soon)[2])
        self.assertIn("it does not answer. It is retried.", self.state(watch(trouble=trouble))[2])

    def test_it_does_not_call_itself_working_where_no_watch_can(self):
        stopped = [watch(present=False), watch(paused="BadRequest_X: no such table.")]
        said = ["web: paused: BadRequest_X: no such table."]
        self.assertEqual(
            self.summary(status(*stopped, problems=said)), ["bad", "No watch can work.", said]
        )
        routed = watch(paused="BadRequest_X: no such table.", paused_targets=["Logs.B"])
        for other in (watch(), routed):
            of = status(*stopped, other, problems=said)
            self.assertEqual(self.summary(of)[1], "Working, with problems.")

    def test_what_is_in_trouble_comes_first_in_a_long_list(self):
        idle, busy = watch(), watch(pending=1)
        held, paused = watch(pending=1, oldest_age_seconds=1000), watch(paused="x: y")
        of = status(idle, busy, held, paused)
        ranks = [self.call("rankOf", one, of) for one in (idle, busy, held, paused)]
        self.assertEqual(ranks, [2, 2, 1, 0])

    def test_of_many_troubles_the_first_are_shown_and_the_others_counted(self):
        few = [f"web-{number}: its folder is not open" for number in range(11)]
        self.assertEqual(self.call("fewOf", few), few)
        shown = self.call("fewOf", [*few, "web-11: paused"] + few * 100)
        self.assertEqual(shown[:10], few[:10])
        self.assertRegex(shown[10], "^… and 1,102 more; ")

    def test_a_watch_that_was_removed_is_not_called_idle(self):
        self.assertEqual(self.state(watch(leaving=True, pending=2))[1], "leaving")

    def test_of_a_route_the_paused_targets_are_named(self):
        paused = watch(paused="BadRequest_X: no such table.", held=2, paused_targets=["Logs.B"])
        self.assertEqual(
            self.state(paused), ["bad", "paused", "BadRequest_X: no such table. 2 files wait."]
        )
        self.assertEqual(
            self.notes(paused), ["Paused: Logs.B; files of other targets are sent."]
        )


class Title(Page):
    def test_it_says_what_is_wrong_and_where(self):
        self.assertEqual(self.call("titleOf", "on edge-7", "good", "fine"), "kustodrop on edge-7")
        self.assertEqual(self.call("titleOf", "", "bad", "no answer"), "kustodrop: no answer")


class Notes(Page):
    def test_followed_logs_say_what_is_held_and_lost(self):
        logs = {
            "followed": 812, "states": {"live": 808, "rotated": 3, "deleted": 1},
            "behind_seconds": 12.5, "waiting_bytes": 1258291, "lost_bytes": 0,
            "held_files": 1, "held_bytes": 4 << 20,
        }
        said = "812 logs (3 rotated, 1 deleted: held 4.0 MiB), behind 12 s"
        amounts = ", waiting 1.2 MiB, lost 0 B"
        self.assertEqual(self.notes(watch(logs=logs)), [said + amounts])
        none = {**logs, "followed": 1, "states": {"live": 1}, "behind_seconds": None}
        self.assertEqual(self.notes(watch(logs=none)), ["1 log, waiting 1.2 MiB, lost 0 B"])

    def test_it_is_not_said_that_everything_works_where_logs_were_lost(self):
        logs = {"followed": 0, "states": {}, "waiting_bytes": 0, "lost_bytes": 17890}
        of = status(watch(logs=logs), watch(logs={**logs, "lost_bytes": 0}), watch())
        said = "Working. 17 KiB of logs were lost since the start."
        self.assertEqual(self.summary(of)[:2], ["warn", said])

    def test_every_notice_is_shown_once(self):
        one = notice("no_route", "no route is for it", 2, "a/b.csv")
        other = notice("in_place", "the folder is not writable for this process")
        both = watch(notices=[one, other])
        _, _, sentence = self.state(both)
        self.assertEqual(sentence, "the folder is not writable for this process.")
        self.assertEqual(
            self.notes(both, sentence), ["2 files, first a/b.csv: no route is for it"]
        )

    def test_pauses_of_a_way_to_post_are_said(self):
        one = watch(rest_paused="403: refused", streaming_paused="429: too many")
        self.assertEqual(
            self.notes(one),
            [
                "Streaming pauses, files are queued: 429: too many",
                "Posts by REST pause, files are queued: 403: refused",
            ],
        )

    def test_how_a_cluster_is_posted_to_is_said(self):
        of = {"transport": "rest", "transport_reason": "preferred"}
        self.assertEqual(self.call("transportText", of), "REST (the service prefers that)")
        of = {"transport": "queued", "transport_reason": "of_tomorrow"}
        self.assertEqual(self.call("transportText", of), "queue messages (of_tomorrow)")


class Numbers(Page):
    def test_large_ones_can_be_read(self):
        self.assertEqual(self.call("formatCount", 12345678), "12,345,678")
        self.assertEqual(self.call("formatBytes", 5 * 1024**5), "5.0 PiB")
        self.assertEqual(self.call("formatLarge", 9_876_543), "9,876,543")
        self.assertEqual(self.call("formatLarge", 987_654_321), "988 M")
        self.assertEqual(self.call("formatSeconds", 86400 * 400.5), "400 d")

    def test_what_is_not_known_is_a_dash(self):
        for function in ("formatSeconds", "formatAge"):
            self.assertEqual(self.call(function, None), "–")


if __name__ == "__main__":
    unittest.main()
