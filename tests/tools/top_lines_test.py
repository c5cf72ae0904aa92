# SPDX-License-Identifier: MIT
"""`headway top` without a screen: one look as text, looks as JSON, pipes that close, and wrong usage."""

import json
import os
import signal
import subprocess
import time

from service import WatchingCase, main
from support import HEADWAY, clean, headway


class LinesCase(WatchingCase):
    def top(self, *arguments, status=0, environment=None, **options):
        done = headway("top", *arguments, environment={**self.environment, **(environment or {})}, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def start(self, *arguments, **options):
        return subprocess.Popen([HEADWAY, "top", *arguments], env=clean(self.environment), stdout=subprocess.PIPE,
                                **options)

    def takes_signals(self, process):
        """Whether SIGTERM would no longer end it there and then."""
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            facts = dict(line.split(":\t", 1) for line in file if ":\t" in line)
        return (int(facts["SigBlk"], 16) | int(facts["SigCgt"], 16)) >> signal.SIGTERM - 1 & 1

    def look(self, *arguments, status=0):
        lines = self.top("--once", "--json", *arguments, status=status).stdout.splitlines()
        self.assertEqual(len(lines), 1)
        look = json.loads(lines[0])
        self.assertEqual((look["message_type"], look["schema_version"]), ("top", 1))
        return look


class Text(LinesCase):
    def test_one_look_has_services_and_sessions(self):
        service = self.service("photo-sync")
        photos = service.open("photos", "bytes")
        service.tell("report", photos, "destination", "change_application", 512 << 20, 1 << 30)
        service.tell("note", photos, "IMG_2021.jpg")
        service.tell("close", service.open("mail"), "failed", "no route to host")
        lines = self.top("--once").stdout.decode().splitlines()
        self.assertEqual(lines[0].split()[:4], ["SERVICE", "PID", "OPEN", "REPORTS"])
        self.assertEqual(lines[1].split()[:3], ["photo-sync", str(service.pid), "1"])
        self.assertEqual(lines[2], "")
        self.assertEqual(lines[3].split(), ["SESSION", "STAGE", "DONE", "RATE", "ETA", "NOTE"])
        self.assertRegex(lines[4], r"^photos +dst apply +50% +0\.50/1\.00 GiB .* IMG_2021\.jpg$")
        self.assertRegex(lines[5], r"^mail +failed +no route to host$")
        self.assertEqual(len(lines), 6)

    def test_without_a_terminal_one_look_is_what_comes(self):
        self.service().open("photos")
        done = self.top(stdin=subprocess.DEVNULL)
        self.assertIn(b"photos", done.stdout)
        self.assertNotIn(b"\x1b", done.stdout)

    def test_it_is_sorted_and_filtered_as_asked(self):
        service = self.service()
        for name in ("b", "a", "c"):
            service.open(f"folder {name}")
        service.open("other")
        text = self.top("--once", "--sort=session", "--invert", "--filter=FOLDER").stdout.decode()
        self.assertEqual([line.split()[1] for line in text.splitlines() if line.startswith("folder")], ["c", "b", "a"])
        self.assertNotIn("other", text)

    def test_names_are_harmless(self):
        service = self.service()
        service.tell("note", service.open(b"\x1b[31m\xff\\n"), b"\x07")
        text = self.top("--once").stdout
        self.assertIn(rb"\x1b[31m\xff\n", text)
        self.assertIn(rb"\x07", text)
        self.assertNotIn(b"\x1b", text)
        service.open("ünï")
        self.assertTrue(self.top("--once", environment={"LC_ALL": "C"}).stdout.isascii())

    def test_no_service_is_no_error_and_says_what_makes_one_visible(self):
        done = self.top("--once")
        self.assertEqual(done.stdout, b"")
        self.assertIn(b"HEADWAY_BOARD=1", done.stderr)

    def test_a_folder_that_is_not_there_is_empty(self):
        self.environment["HEADWAY_BOARD_FOLDER"] = self.base + "/nothing"
        self.assertIn(b"HEADWAY_BOARD=1", self.top("--once").stderr)

    def test_who_was_asked_for_and_is_not_there_is_named(self):
        self.service("mail")
        for wanted in ("photos", "1"):
            done = self.top("--once", wanted, status=1)
            self.assertEqual(done.stdout, b"")
            self.assertIn(f"'{wanted}'".encode(), done.stderr)

    def test_a_board_that_cannot_be_read_is_named_and_the_rest_is_shown(self):
        self.service("mail").open("inbox")
        with open(os.path.join(self.boards, "headway.1.2"), "wb"):
            pass
        os.chmod(os.path.join(self.boards, "headway.1.2"), 0o600)
        done = self.top("--once")
        self.assertIn(b"headway.1.2' has 0 bytes", done.stderr)
        self.assertIn(b"inbox", done.stdout)

    def test_a_full_disk_is_an_error(self):
        self.service().open("photos")
        with open("/dev/full", "wb") as full:
            done = self.top("--once", status=1, stdout=full)
        self.assertIn(b"cannot write to standard output: No space left on device", done.stderr)


class Json(LinesCase):
    def test_values_are_exact(self):
        service = self.service("photos")
        session = service.open("album")
        largest = 2**64 - 1
        service.tell("report", session, "source", "change_enumeration", largest - 1, largest)
        service.tell("report", session, "destination", "change_application", 1, 3)
        service.tell("report", session, "destination", "change_application", 2, 3)
        found = self.look()["services"]
        self.assertEqual([(s["name"], s["process"]) for s in found], [("photos", service.pid)])
        self.assertEqual(found[0]["statistics"]["reports"], 3)
        self.assertEqual(found[0]["statistics"]["open_sessions"], 1)
        [album] = found[0]["sessions"]
        self.assertEqual((album["id"], album["name"], album["state"], album["outcome"]), (session, "album", "open", None))
        values = [(v["role"], v["stage"], v["unit"], v["completed"], v["total"], v["sequence"]) for v in album["values"]]
        self.assertEqual(values, [("source", "change_enumeration", "items", largest - 1, largest, 1),
                                  ("destination", "change_application", "items", 2, 3, 2)])
        self.assertLess(album["values"][0]["fraction"], 1)

    def test_closed_sessions_have_an_outcome_and_a_time(self):
        service = self.service()
        service.tell("close", service.open("album"), "canceled", "by the user")
        [album] = self.look()["services"][0]["sessions"]
        self.assertEqual((album["state"], album["outcome"], album["detail"]), ("closed", "canceled", "by the user"))
        self.assertGreaterEqual(album["closed_at"], album["opened_at"])

    def test_nothing_is_an_empty_list(self):
        self.assertEqual(self.look()["services"], [])
        self.assertEqual(self.look("nobody", status=1)["services"], [])

    def test_a_line_comes_each_interval_and_a_signal_ends_it(self):
        service = self.service()
        session = service.open("album")
        top = self.start("--json", "--interval", "0.1")
        for done in range(3):
            service.tell("report", session, "source", "change_detection", done, 10)
            while True:
                [album] = json.loads(top.stdout.readline())["services"][0]["sessions"]
                if album["values"] and album["values"][0]["completed"] == done:
                    break
        service.kill()
        while json.loads(top.stdout.readline())["services"]:
            pass
        top.send_signal(signal.SIGTERM)
        top.stdout.read()
        self.assertEqual(top.wait(timeout=60), 143)
        top.stdout.close()

    def test_one_look_after_an_interval_knows_recent_rates_and_what_is_stalled(self):
        service = self.service()
        for name, done in (("half", 5), ("all", 10)):
            service.tell("report", service.open(name), "source", "change_detection", done, 10)
        [at_once] = self.look()["services"]
        self.assertEqual([s["stalled"] for s in at_once["sessions"]], [False, False])
        [later] = self.look("--interval", "5.1")["services"]
        self.assertEqual([(s["name"], s["stalled"]) for s in later["sessions"]], [("half", True), ("all", False)])
        self.assertEqual(later["sessions"][0]["values"][0]["rate_ewma"], 0)

    def test_a_signal_ends_the_wait_for_the_second_look(self):
        self.service().open("album")
        top = self.start("--once", "--interval", "3600")
        while not self.takes_signals(top):
            time.sleep(0.01)
        top.send_signal(signal.SIGTERM)
        self.assertEqual(top.wait(timeout=60), 143)
        self.assertEqual(top.stdout.read(), b"")
        top.stdout.close()

    def test_a_reader_that_goes_ends_it_quietly(self):
        self.service().open("album")
        for interval in ("0.1", "3600"):
            top = self.start("--json", "--interval", interval, stderr=subprocess.PIPE)
            top.stdout.readline()
            top.stdout.close()
            self.assertEqual(top.wait(timeout=60), 141)
            self.assertEqual(top.stderr.read(), b"")
            top.stderr.close()

    def test_a_reader_that_stops_does_not_keep_a_signal_from_ending_it(self):
        self.service().tell("many", 500)
        top = self.start("--json", "--interval", "0.1")
        top.stdout.readline()  # the rest does not fit into the pipe
        top.send_signal(signal.SIGINT)
        self.assertEqual(top.wait(timeout=60), 130)
        top.stdout.close()


class Usage(LinesCase):
    def wrong(self, *arguments, says):
        done = self.top(*arguments, status=2)
        self.assertEqual(done.stdout, b"")
        for text in (*says, "Try 'headway top --help'."):
            self.assertIn(text.encode(), done.stderr)

    def test_bad_usage_names_what_is_wrong(self):
        self.wrong("--interval", "0", says=["--interval", "0.1", "3600"])
        self.wrong("--interval", "nan", says=["--interval", "nan"])
        self.wrong("--interval", "soon", says=["--interval", "soon"])
        self.wrong("--sort", "size", says=["--sort", "size", "progress"])
        self.wrong("--json", "--sort", "age", says=["--json", "--sort"])
        self.wrong("one", "two", says=["two"])
        self.wrong("--nonsense", says=["--nonsense"])

    def test_names_of_subcommands_are_names_like_any_other(self):
        for name in ("top", "sync"):
            self.service(name).open("album")
            self.assertIn(b"album", self.top("--once", name).stdout)

    def test_help_fits_eighty_columns(self):
        text = self.top("--help").stdout.decode()
        self.assertIn("Examples:", text)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 80, line)


if __name__ == "__main__":
    main()
