#!/usr/bin/env python3
"""A folder that another watch looks at from now on: what is kept there is not shipped again."""
import json
import unittest

from harness import EndToEnd, csv_rows

KEPT = 3


class TakingOver(EndToEnd):
    """Watches "first" and "second" that keep their files, each with KEPT rows shipped."""

    def begin(self):
        self.emulated = self.emulator()
        daemon = self.daemon(self.emulated)
        self.plain = {**daemon.settings["watches"][0], "on_success": "keep"}
        self.folders = [daemon.folder / name for name in ("one", "two")]
        for folder in self.folders:
            folder.mkdir()
        self.configure(daemon, first=self.folders[0], second=self.folders[1])
        daemon.start()
        for number in range(KEPT):
            for folder in self.folders:
                daemon.put(f"{number}.csv", csv_rows(1, number), folder)
        self.settled(daemon, succeeded=2 * KEPT)
        self.rows = 2 * KEPT
        return daemon

    def configure(self, daemon, **folders):
        daemon.settings["watches"] = [
            {**self.plain, "name": name, "path": str(folder)} for name, folder in folders.items()
        ]
        daemon.write()

    def reload(self, daemon, **folders):
        self.configure(daemon, **folders)
        arguments = ("reload", "--json", "--socket", daemon.admin, "--config", daemon.config_path)
        code, out, err = daemon.command(*arguments)
        self.assertEqual(code, 0, out + err)
        return json.loads(out)

    @staticmethod
    def names(daemon):
        return {one["name"] for one in daemon.status()["watches"]}

    def restart(self, daemon, **folders):
        self.configure(daemon, **folders)
        daemon.stop()
        daemon.start()

    def only_new_ones_arrive(self, daemon, *folders):
        """One more file in each folder: when its row is there, those before it were looked at."""
        for folder in folders:
            self.rows += 1
            daemon.put(f"new-{self.rows}.csv", csv_rows(1, self.rows), folder)
            self.until("the new row", lambda: self.emulated.count() >= self.rows)
        self.settled(daemon, succeeded=self.rows)
        self.assertEqual(self.emulated.count(), self.rows)

    def test_a_watch_that_moves_into_the_folder_of_one_that_is_removed(self):
        for change in (self.reload, self.restart):
            with self.subTest(change.__name__):
                daemon = self.begin()
                change(daemon, second=self.folders[0])
                self.only_new_ones_arrive(daemon, self.folders[0])

    def test_watches_that_exchange_their_folders(self):
        for change in (self.reload, self.restart):
            with self.subTest(change.__name__):
                daemon = self.begin()
                change(daemon, first=self.folders[1], second=self.folders[0])
                self.only_new_ones_arrive(daemon, *self.folders)

    def test_a_watch_that_is_added_for_the_folder_of_one_removed_in_the_same_reload(self):
        daemon = self.begin()
        self.reload(daemon, second=self.folders[1], third=self.folders[0])
        self.only_new_ones_arrive(daemon, *self.folders)

    def test_a_watch_that_is_added_for_the_folder_of_one_removed_earlier(self):
        for removed in (self.reload, self.restart):
            for added in (self.reload, self.restart):
                with self.subTest(f"{removed.__name__}, {added.__name__}"):
                    daemon = self.begin()
                    removed(daemon, second=self.folders[1])
                    self.until("the end of the first", lambda: len(self.names(daemon)) == 1)
                    added(daemon, second=self.folders[1], third=self.folders[0])
                    self.only_new_ones_arrive(daemon, *self.folders)


if __name__ == "__main__":
    unittest.main()
