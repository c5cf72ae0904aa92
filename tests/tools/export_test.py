# SPDX-License-Identifier: MIT
"""`headway export --prometheus` to standard output: what is shown, and what happens to odd boards and outputs."""

import os
import re
import subprocess

from exporting import ExportCase, samples, value_of, values_of
from service import main
from support import HEADWAY, clean, headway, write


class Services(ExportCase):
    def test_without_services_there_is_nothing_but_the_exporter_itself(self):
        self.assertEqual(samples(self.text()), {"headway_export_services_cut": "0", "headway_export_problems": "0"})

    def test_a_folder_that_is_not_there_is_empty(self):
        os.rmdir(self.boards)
        self.assertEqual(value_of(self.text(), "headway_export_problems"), "0")

    def test_a_service_shows_what_it_has_done(self):
        service = self.service("photos")
        first = service.open("first")
        service.open("second")
        for done in (1, 2, 3):
            service.tell("report", first, "source", "change_detection", done, 10)
        service.tell("close", first, "completed")
        expected = {"headway_reports_total": "3", "headway_sessions": "1", "headway_sessions_opened_total": "2",
                    "headway_sessions_unlisted_total": "0", "headway_subscriptions": "0", "headway_updates_total": "0"}
        # The board has statistics before the dispatcher sleeps, and not at every tick.
        self.eventually(lambda: value_of(self.text(), "headway_reports_total") == "3", "3 reports")
        text = self.text()
        self.assertEqual({name: value_of(text, name) for name in expected}, expected)

    def test_the_labels_are_the_service_its_process_and_the_file_of_its_board(self):
        service = self.service("photos")
        (board,) = os.listdir(self.boards)
        series = 'headway_lanes{service="photos",pid="%d",bus="%s"}' % (service.pid, board)
        self.assertIn(series, samples(self.text()))

    def test_services_of_one_name_are_told_apart(self):
        for _ in range(3):
            self.service("same")
        self.assertEqual(len(values_of(self.text(), "headway_build_info")), 3)

    def test_a_killed_service_is_gone(self):
        service = self.service()
        self.assertEqual(len(values_of(self.text(), "headway_lanes")), 1)
        service.kill()
        self.assertEqual(values_of(self.text(), "headway_lanes"), [])

    def test_any_name_is_valid_text(self):
        service = self.service(b'a"b\\c\xff\n')
        session = service.tell("open", "items", b'\xc3("\\').decode()
        service.tell("report", session, "source", "change_detection", 1, 1)
        text = self.text("--sessions").decode()
        self.assertIn(r'headway_lanes{service="a\"b\\\\c\\xff\\n",', text)
        self.assertIn(r',session="\\xc3(\"\\\\",', text)

    def test_the_same_services_give_the_same_series_in_the_same_order(self):
        for name in ("a", "b"):
            self.service(name).tell("many", 20)
        self.assertEqual(*(list(samples(self.text("--sessions", "7"))) for _ in range(2)))


class Sessions(ExportCase):
    def test_none_is_shown_unless_asked_for(self):
        self.service().tell("many", 3)
        self.assertNotIn(b"headway_session_", self.text())

    def test_values_have_role_stage_and_the_unit_in_their_name(self):
        service = self.service("photos")
        session = service.open("holiday", unit="bytes")
        service.tell("report", session, "destination", "change_application", 4096, 1048576)
        service.tell("report", session, "destination", "change_application", 8192, 1048576)
        found = {re.sub(r'pid="\d+",bus="[^"]*"', "", series): value
                 for series, value in samples(self.text("--sessions", "1")).items()
                 if series.startswith("headway_session_")}
        labels = ('{service="photos",,session_id="%d",session="holiday",role="destination",'
                  'stage="change_application"}' % session)
        self.assertEqual(found, {"headway_session_completed_bytes" + labels: "8192",
                                 "headway_session_total_bytes" + labels: "1048576",
                                 "headway_session_reports_total" + labels: "2"})

    def test_a_hundred_are_shown_unless_a_number_is_given_and_the_rest_is_counted(self):
        self.service("a").tell("many", 80)
        self.service("b").tell("many", 70)
        for arguments, shown in (([], 100), (["7"], 7), (["150"], 150), (["10000"], 150)):
            text = self.text("--sessions", *arguments)
            self.assertEqual(len(values_of(text, "headway_session_completed_items")), shown)
            self.assertEqual(value_of(text, "headway_export_sessions_cut"), str(150 - shown))


class Problems(ExportCase):
    def test_a_board_that_cannot_be_read_is_named_and_counted_and_others_are_shown(self):
        self.service("sound")
        write(os.path.join(self.boards, "headway.1.1"), b"no board at all", mode=0o600)
        done = self.export()
        self.assertEqual(value_of(done.stdout, "headway_export_problems"), "1")
        self.assertEqual(len(values_of(done.stdout, "headway_lanes")), 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(b"headway.1.1", done.stderr)

    def test_a_full_device_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = self.export(status=1, stdout=full)
        self.assertEqual(done.stderr, b"headway: cannot write to standard output: No space left on device\n")

    def test_a_pipe_that_nobody_reads_is_an_error(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = self.export(status=1, stdout=writer)
        os.close(writer)
        self.assertEqual(done.stderr, b"headway: cannot write to standard output: Broken pipe\n")

    def test_without_a_standard_output_nothing_goes_astray(self):
        self.service()
        done = subprocess.run(["sh", "-c", 'exec "$0" export --prometheus >&-', HEADWAY], env=clean(self.environment),
                              capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))


class Usage(ExportCase):
    def wrong(self, *arguments, says):
        done = headway("export", *arguments, environment=self.environment)
        self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
        for text in [*says, "\nTry 'headway export --help'.\n"]:
            self.assertIn(text.encode(), done.stderr)

    def test_bad_usage_names_what_is_wrong(self):
        self.wrong(says=["give --prometheus"])
        self.wrong("--statsd", says=["--statsd"])
        for arguments, says in [
                (["somewhere"], ["somewhere"]),
                (["--sessions", "0"], ["--sessions", "0", "1", "10000"]),
                (["--sessions", "10001"], ["--sessions", "10001"]),
                (["--sessions", "-1"], ["-1"]),
                (["--sessions", "many"], ["--sessions", "many"]),
                (["--interval", "5"], ["--interval", "--textfile"]),
                (["--textfile", "f", "--interval", "0"], ["--interval", "0.1"]),
                (["--textfile", "f", "--interval", "nan"], ["--interval", "nan"]),
                (["--textfile", ""], ["--textfile", "give one"]),
                (["--textfile", "f", "--listen", "127.0.0.1:0"], ["--listen", "--textfile"]),
                (["--listen", "127.0.0.1"], ["'127.0.0.1' is no address", "127.0.0.1:9464"]),
                (["--listen", "127.0.0.1:65536"], ["'127.0.0.1:65536'", "65535"]),
                (["--listen", "0.0.0.0:9464"], ["'0.0.0.0:9464'", "other machines", "neither a password"]),
                (["--listen", "[::]:9464"], ["'[::]:9464'", "other machines"]),
                (["--listen", "example.org:9464"], ["'example.org:9464' is no address"])]:
            with self.subTest(arguments=arguments):
                self.wrong("--prometheus", *arguments, says=says)

    def test_help_fits_eighty_columns(self):
        done = headway("export", "--help")
        self.assertEqual(done.returncode, 0)
        for line in done.stdout.decode().splitlines():
            self.assertLessEqual(len(line), 80, line)


if __name__ == "__main__":
    main()
