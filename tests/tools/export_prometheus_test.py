# SPDX-License-Identifier: MIT
"""What Prometheus makes of `headway export`: promtool checks the text, and a server scrapes and is asked for values.

The server runs as a plain process, on the loopback address, with its data in the test's folder."""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.parse

from exporting import ExportCase
from service import main
from support import SKIPPED, read, write


class Text(ExportCase):
    def assert_approved(self, text):
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, b"", b""))

    def test_promtool_has_nothing_to_say_of_no_services(self):
        self.assert_approved(self.text())

    def test_promtool_has_nothing_to_say_of_services_with_and_without_sessions(self):
        for name in ("photos", "photos", "mail"):
            self.service(name).tell("many", 5)
        self.assert_approved(self.text())
        self.assert_approved(self.text("--sessions", "12"))

    def test_promtool_has_nothing_to_say_of_odd_names(self):
        service = self.service(b'"} 1\xff\\')
        for name in (b"\xc3(", b'",a="', b"\\n", b"\\", b"\x01\x7f", "日本語".encode(), b"{}", b"# HELP"):
            session = service.tell("open", "bytes", name).decode()
            service.tell("report", session, "source", "change_detection", 1, 2)
        self.assert_approved(self.text("--sessions"))

    def test_promtool_has_nothing_to_say_of_a_text_file(self):
        self.service().tell("many", 5)
        file = os.path.join(self.base, "headway.prom")
        self.export("--textfile", file, "--sessions")
        self.assert_approved(read(file))


class Server(ExportCase):
    def setUp(self):
        super().setUp()
        _, self.exporter = self.serve("--sessions", "10")
        config = os.path.join(self.base, "prometheus.yml")
        # JSON is YAML.
        write(config, json.dumps({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [{"job_name": "headway",
                                "static_configs": [{"targets": [f"127.0.0.1:{self.exporter}"]}]}]}).encode())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = open(os.path.join(self.base, "log"), "w+b")
        self.addCleanup(self.log.close)
        self.prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.base}/data",
             f"--web.listen-address=127.0.0.1:{self.port}"],
            cwd=self.base, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.addCleanup(self.end_prometheus)

    def end_prometheus(self):
        self.prometheus.terminate()
        try:
            self.prometheus.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.prometheus.kill()
            self.prometheus.wait()

    def query(self, expression):
        """[(labels, value)] as the server has them now; values are strings, and exact."""
        if self.prometheus.poll() is not None:
            self.log.seek(0)
            self.fail("prometheus has ended: " + self.log.read().decode(errors="replace"))
        try:
            answer, body = self.ask(self.port, "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        except ConnectionRefusedError:
            return []
        if answer.status != 200:  # it is not ready yet
            return []
        return [(found["metric"], found["value"][1]) for found in json.loads(body)["data"]["result"]]

    def assert_comes(self, expression, *expected):
        """The values are, in the end, these."""
        self.eventually(lambda: [value for _, value in self.query(expression)] == list(expected),
                        f"{expression} is {expected}")

    def test_the_values_of_a_service_arrive(self):
        service = self.service("photos")
        session = service.open('holiday "2026"', unit="bytes")
        for done in (1024, 2048, 3072):
            service.tell("report", session, "destination", "change_application", done, 12288)
        self.assert_comes("headway_reports_total", "3")
        self.assert_comes("up", "1")
        self.assert_comes("headway_export_problems", "0")
        self.assert_comes('headway_sessions{service="photos"}', "1")
        self.assert_comes("headway_session_completed_bytes / headway_session_total_bytes", "0.25")
        ((labels, value),) = self.query("headway_session_completed_bytes")
        (board,) = os.listdir(self.boards)
        self.assertEqual(value, "3072")
        self.assertEqual({name: labels[name] for name in labels if name not in ("job", "instance")},
                         {"__name__": "headway_session_completed_bytes", "service": "photos", "pid": str(service.pid),
                          "bus": board, "session_id": str(session), "session": 'holiday "2026"', "role": "destination",
                          "stage": "change_application"})

        service.tell("report", session, "destination", "change_application", 12288, 12288)
        self.assert_comes("headway_reports_total", "4")
        self.assert_comes("headway_session_completed_bytes", "12288")
        self.assert_comes("increase(headway_reports_total[5m]) > bool 0", "1")

    def test_services_of_one_name_are_added_up(self):
        for _ in range(3):
            self.service("same").tell("many", 4)
        self.assert_comes("sum by (service) (headway_reports_total)", "12")
        self.assert_comes("count(headway_build_info)", "3")
        self.assert_comes("headway_export_sessions_cut", "2")
        self.assert_comes("count(headway_session_completed_items)", "10")
        # No sample was refused as a duplicate or for its time.
        self.assert_comes("scrape_samples_scraped - scrape_samples_post_metric_relabeling", "0")

    def test_histograms_are_histograms(self):
        self.service()
        bounds = 15
        self.assert_comes("count(headway_callback_seconds_bucket)", str(bounds))
        self.assert_comes("count(headway_delivery_delay_seconds_bucket)", str(bounds))
        self.assert_comes('headway_callback_seconds_bucket{le="+Inf"} - ignoring(le) headway_callback_seconds_count', "0")


if __name__ == "__main__":
    for tool in ("promtool", "prometheus"):
        if not shutil.which(tool):
            print(f"skipped: there is no {tool} here; Debian's package prometheus has it")
            sys.exit(SKIPPED)
    main()
