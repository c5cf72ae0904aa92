# SPDX-License-Identifier: MIT
"""`headway export --prometheus --listen`: what the server answers, to whom, and when it ends."""

import os
import resource
import signal
import socket
import unittest

from exporting import ExportCase, samples, value_of, values_of
from service import main
from support import write

# As in tools/export/http.cpp.
MOST_CONNECTIONS = 32


class Answers(ExportCase):
    def setUp(self):
        super().setUp()
        self.run_, self.port = self.serve()

    def raw(self, request):
        """What comes back for these bytes, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as client:
            client.sendall(request)
            answer = b""
            while part := client.recv(65536):
                answer += part
            return answer

    def test_metrics_are_those_of_this_moment(self):
        service = self.service()
        session = service.open("one")
        for count in ("1", "2"):
            service.tell("report", session, "source", "change_detection", 1, 1)
            self.eventually(lambda: value_of(self.ask(self.port)[1], "headway_reports_total") == count,
                            f"{count} reports")
        answer, body = self.ask(self.port)
        self.assertEqual((answer.status, answer.reason), (200, "OK"))
        self.assertEqual(answer.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(list(samples(body)), list(samples(self.text())))

    def test_services_come_and_go(self):
        counts = []
        service = self.service()
        counts.append(len(values_of(self.ask(self.port)[1], "headway_lanes")))
        self.service()
        counts.append(len(values_of(self.ask(self.port)[1], "headway_lanes")))
        service.kill()
        counts.append(len(values_of(self.ask(self.port)[1], "headway_lanes")))
        self.assertEqual(counts, [1, 2, 1])

    def test_a_board_that_cannot_be_read_is_counted(self):
        write(self.boards + "/headway.1.1", b"no board", mode=0o600)
        for _ in range(2):
            self.assertEqual(value_of(self.ask(self.port)[1], "headway_export_problems"), "1")

    def test_what_follows_a_question_mark_does_not_matter(self):
        self.assertEqual(self.ask(self.port, "/metrics?x=/y")[0].status, 200)

    def test_head_is_get_without_the_body(self):
        for target in ("/metrics", "/"):
            (got, body), (head, nothing) = (self.ask(self.port, target, method) for method in ("GET", "HEAD"))
            self.assertEqual(nothing, b"")
            self.assertEqual(got.getheaders(), head.getheaders())
            self.assertEqual(head.getheader("Content-Length"), str(len(body)))

    def test_the_first_page_leads_to_the_metrics(self):
        answer, body = self.ask(self.port, "/")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.getheader("Content-Type"), "text/html; charset=utf-8")
        self.assertIn(b'<a href="/metrics">', body)

    def test_other_pages_are_not_there(self):
        for target in ("/metric", "/metrics/", "/../etc/passwd", "//metrics", "/%6detrics", "*", "/" + "x" * 4000):
            self.assertEqual(self.ask(self.port, target)[0].status, 404, target)

    def test_other_methods_are_not_allowed(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "BREW"):
            answer, _ = self.ask(self.port, method=method, body=b"x" * 1_000_000)
            self.assertEqual((answer.status, answer.getheader("Allow")), (405, "GET, HEAD"), method)

    def test_only_names_of_this_machine_are_answered_for(self):
        for host, status in (("localhost", 200), ("LocalHost:80", 200), ("127.0.0.1", 200), ("127.1.2.3:1", 200),
                             ("[::1]", 200), ("[::1]:9464", 200), ("example.com", 421), ("127.0.0.1.example.com:80", 421),
                             ("localhost.example.com", 421), ("10.0.0.1", 421), ("[::2]:80", 421), ("::1", 421), ("", 421)):
            self.assertEqual(self.ask(self.port, headers={"Host": host})[0].status, status, host)

    def test_old_clients_are_answered(self):
        self.assertRegex(self.raw(b"GET /metrics HTTP/1.0\r\n\r\n"), rb"^HTTP/1\.[01] 200 OK\r\n")

    def test_what_is_no_http_is_told_so(self):
        for request in (b"hello\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET  HTTP/1.1\r\n\r\n",
                        b"GET /metrics HTTP/9.9\r\n\r\n", b"GET /metrics HTTP/1.1\r\nno colon\r\n\r\n"):
            self.assertIn(b" 400 Bad Request\r\n", self.raw(request), request)

    def test_a_header_without_end_is_cut_off(self):
        for header in (b"X: " + b"x" * 100_000, b"X: x\r\n" * 20_000):
            self.assertIn(b" 431 ", self.raw(b"GET /metrics HTTP/1.1\r\n" + header).split(b"\r\n")[0])

    def test_a_client_that_goes_away_in_the_middle_does_no_harm(self):
        for request in (b"", b"GET", b"GET /metrics HTTP/1.1\r\n", b"GET /metrics HTTP/1.1\r\n\r\n"):
            for how in (b"\0\0\0\0\0\0\0\0", b"\1\0\0\0\0\0\0\0"):  # with FIN, with RST
                client = socket.create_connection(("127.0.0.1", self.port))
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, how)
                client.sendall(request)
                client.close()
        self.assertEqual(self.ask(self.port)[0].status, 200)
        self.assertIsNone(self.run_.poll())

    def test_silent_clients_are_put_out_and_those_who_wait_come_in(self):
        silent = [socket.create_connection(("127.0.0.1", self.port), timeout=120)
                  for _ in range(MOST_CONNECTIONS + 8)]
        silent[0].sendall(b"GET /metrics HTTP/1.1\r\nX: ")
        self.assertEqual(self.ask(self.port)[0].status, 200)
        for client in silent:
            self.assertEqual(client.recv(1), b"")
            client.close()

    @unittest.skipIf(os.environ.get("HEADWAY_SANITIZERS"), "the sanitizer looks at memory through pipes of its own")
    def test_a_lack_of_descriptors_is_got_over(self):
        resource.prlimit(self.run_.pid, resource.RLIMIT_NOFILE, (16, 16))
        clients = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(24)]
        for client in clients:
            client.close()
        self.assertEqual(self.ask(self.port)[0].status, 200)
        self.assertIsNone(self.run_.poll())

    def test_a_client_that_does_not_read_holds_up_nobody(self):
        self.service().tell("many", 3000)
        run, port = self.serve("--sessions", "10000")
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.addCleanup(deaf.close)
        deaf.connect(("127.0.0.1", port))
        deaf.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        for _ in range(3):
            self.assertEqual(len(values_of(self.ask(port)[1], "headway_session_completed_items")), 3000)
        self.assertIsNone(run.poll())


class Listening(ExportCase):
    def test_localhost_is_this_machine(self):
        _, port = self.serve(address="localhost:0")
        self.assertEqual(self.ask(port)[0].status, 200)

    def test_the_new_loopback_address_too(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError as error:
            self.skipTest(f"there is no ::1 here: {error}")
        _, port = self.serve(address="[::1]:0")
        self.assertEqual(self.ask(port, host="::1")[0].status, 200)

    def test_a_port_that_is_in_use_is_named(self):
        _, port = self.serve()
        done = self.export("--listen", f"127.0.0.1:{port}", status=1)
        self.assertEqual(done.stderr.decode(), f"headway: cannot listen on 127.0.0.1:{port}: Address already in use: "
                                               "give another port, or 0 for any that is free\n")

    def test_a_port_is_free_again_at_once(self):
        run, port = self.serve()
        self.ask(port)
        run.terminate()
        run.wait(timeout=60)
        self.assertEqual(self.serve(address=f"127.0.0.1:{port}")[1], port)

    def test_a_signal_ends_it_whoever_is_connected(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(number=number):
                run, port = self.serve()
                self.assertEqual(self.ask(port)[0].status, 200)
                with socket.create_connection(("127.0.0.1", port)) as client:
                    client.sendall(b"GET /metrics HTTP/1.1\r\n")
                    self.ask(port)
                    run.send_signal(number)
                    self.assertEqual(run.wait(timeout=60), status)
                self.assertEqual(run.stderr.read(), b"")


if __name__ == "__main__":
    main()
