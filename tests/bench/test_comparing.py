#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of what bench/compare computes and how it bears trouble. No benchmark is run."""

import contextlib
import io
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"
sys.path.insert(0, str(BENCH))

from comparing import plots, tables, targets  # noqa: E402
from comparing.charts import LABEL_HEIGHT, spread_out  # noqa: E402
from comparing.pairs import mean_with_interval, student_t  # noqa: E402
from comparing.programs import BUDGET, PROGRAMS, Start, prepare  # noqa: E402
from comparing.results import Results, Spread, clean, is_floor, is_headway, is_peer  # noqa: E402
from comparing.running import Runner, minutes, salvage  # noqa: E402
from comparing.svg import Scale, scale_over, short  # noqa: E402


def entry(name, time=1.0, **more):
    return {"name": name, "run_name": name, "run_type": "iteration", "iterations": 1, "real_time": 2 * time,
            "cpu_time": time, "time_unit": "ns", **more}


def repeated(name, times, **more):
    return [entry(name, time, **more) for time in times]


def judged(entries, rule, row=""):
    """The one verdict on the rule."""
    found = [verdict for verdict in targets.judge(Results(entries))
             if verdict.target.rule == rule and row in verdict.target.row]
    assert len(found) == 1, (rule, found)
    return found[0]


class Names(unittest.TestCase):
    def test_what_google_benchmark_appends_is_taken_off(self):
        self.assertEqual(clean("with_room/headway/iterations:400/manual_time"), "with_room/headway")
        self.assertEqual(clean("shared/x/threads:4/real_time"), "shared/x/threads:4")
        self.assertEqual(clean("a/b/min_time:0.5/repeats:3/process_time"), "a/b")

    def test_a_case_has_numbers_and_words(self):
        series = Results([entry("ticking/headway/interval_us:1000/load:idle/manual_time")]).series
        one = series["ticking/headway/interval_us:1000/load:idle"]
        self.assertEqual((one.group, one.contender), ("ticking", "headway"))
        self.assertEqual(one.case, {"interval_us": "1000", "load": "idle"})
        self.assertEqual(one.number("interval_us"), 1000)
        self.assertIsNone(one.number("load"))
        self.assertIsNone(one.number("threads"))

    def test_each_contender_is_ours_a_floor_or_a_peer(self):
        for name in ("headway", "headway_default", "fetch_add", "sleep_relative_slack_1", "boost_queue", "eventfd"):
            self.assertEqual(is_headway(name) + is_floor(name) + is_peer(name), 1, name)
        self.assertTrue(is_floor("two_stores"))
        self.assertTrue(is_peer("condition_variable"))


class Figures(unittest.TestCase):
    def test_a_figure_is_the_median_of_all_repetitions(self):
        results = Results(repeated("g/c", [3, 1, 8]))
        self.assertEqual(results.spread("g/c"), Spread(1, 3, 8))
        self.assertEqual(results.spread("g/c", "wall"), Spread(2, 6, 16))

    def test_manual_and_real_time_are_the_walls(self):
        results = Results([entry("g/c/manual_time", 5)])
        self.assertEqual(results.spread("g/c").median, 10)

    def test_units_are_brought_to_nanoseconds(self):
        results = Results([entry("g/c", 5, time_unit="us")])
        self.assertEqual(results.spread("g/c").median, 5000)

    def test_counters_are_figures_and_aggregates_are_not(self):
        results = Results([entry("g/c", p50=7), entry("g/c", 100, run_type="aggregate", p50=9)])
        self.assertEqual(results.spread("g/c", "p50"), Spread(7, 7, 7))
        self.assertIsNone(results.spread("g/c", "p99"))

    def test_a_benchmark_that_says_error_is_named_once_and_not_counted(self):
        bad = entry("g/c", 1, error_occurred=True, error_message="lost a value")
        results = Results([bad, bad, entry("g/d")])
        self.assertEqual(results.errors, ["g/c: lost a value"])
        self.assertNotIn("g/c", results.series)

    def test_a_ratio_has_the_widest_range_that_the_repetitions_allow(self):
        self.assertEqual(Spread(1, 2, 3).over(Spread(2, 4, 10)), Spread(0.1, 0.5, 1.5))
        self.assertEqual(Spread(0, 0, 0).over(Spread(0, 0, 0)).median, 1)
        self.assertEqual(Spread(1, 1, 1).over(Spread(0, 0, 0)).median, math.inf)

    def test_the_interval_of_a_mean_is_that_of_student(self):
        for freedom, exact in ((4, 2.7764), (5, 2.5706), (11, 2.2010), (29, 2.0452), (199, 1.9720)):
            self.assertAlmostEqual(student_t(freedom), exact, delta=exact * 0.01)
        mean, low, high = mean_with_interval([1.0, 2.0, 3.0, 4.0, 5.0])
        self.assertEqual(mean, 3)
        self.assertAlmostEqual(high - mean, 2.7764 * math.sqrt(2.5) / math.sqrt(5), delta=0.03)
        self.assertAlmostEqual(mean - low, high - mean)


class Targets(unittest.TestCase):
    def test_nothing_measured_is_said_of_each(self):
        self.assertEqual({verdict.word for verdict in targets.judge(Results([]))}, {"not measured"})

    def test_the_median_decides(self):
        floor = repeated("full_speed/fetch_add", [9, 10, 11])
        for times, word in (([1, 6, 90], "met"), ([1, 6.1, 6.2], "missed")):
            verdict = judged(floor + repeated("full_speed/headway_folding", times), "of one relaxed fetch_add",
                             "a report that folds")
            self.assertEqual(verdict.word, word)
        self.assertAlmostEqual(verdict.spread.low, 1 / 11)

    def test_the_best_peer_is_neither_ours_nor_a_floor(self):
        entries = [entry("with_room/headway_ring_4096", 4), entry("with_room/headway_shared", 1),
                   entry("with_room/two_stores", 1), entry("with_room/boost_queue", 9), entry("with_room/tbb", 5)]
        verdict = judged(entries, "of the best peer's push")
        self.assertEqual((verdict.word, verdict.spread.median, verdict.where), ("met", 0.8, "beside tbb"))

    def test_each_is_taken_at_its_best_capacity(self):
        entries = [entry(f"every_record/{name}/capacity:{capacity}", items_per_second=rate)
                   for name, capacity, rate in (("headway_ring", 64, 10), ("headway_ring", 256, 30),
                                                ("headway_boost_ring", 256, 99), ("boost_spsc_queue", 64, 15),
                                                ("boost_spsc_queue", 4096, 5))]
        verdict = judged(entries, "end to end, each record, times boost spsc_queue, each at its best")
        self.assertEqual((verdict.word, verdict.spread.median), ("met", 2))

    def test_a_row_over_cases_is_as_good_as_its_worst_case(self):
        entries = []
        for threads, ours, theirs in ((1, 100, 5), (16, 60, 15), (256, 90, 9)):
            entries += [entry(f"shared/headway_shared_folding/threads:{threads}", items_per_second=ours),
                        entry(f"shared/moodycamel_concurrent/threads:{threads}", items_per_second=theirs)]
        verdict = judged(entries, "times moodycamel ConcurrentQueue, at worst")
        self.assertEqual((verdict.word, verdict.spread.median), ("missed", 4))
        self.assertIn("threads:16", verdict.where)

    def test_no_wake_up_means_none_in_any_repetition(self):
        quiet = [entry("idle/headway", wakeups_per_s=rate) for rate in (0, 0, 0)]
        self.assertEqual(judged(quiet, "wake-ups a second").word, "met")
        self.assertEqual(judged([*quiet, entry("idle/headway", wakeups_per_s=0.1)], "wake-ups a second").word, "missed")

    def test_every_verdict_can_be_printed(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            targets.print_verdicts(targets.judge(Results(repeated("full_speed/fetch_add", [1]))))
        self.assertIn("not measured", out.getvalue())


class Tables(unittest.TestCase):
    def test_contenders_of_a_case_stand_beside_their_floors_and_the_best_peer(self):
        entries = [entry("full_speed/headway_default", 2), entry("full_speed/fetch_add", 4),
                   entry("full_speed/boost_queue", 40), entry("full_speed/boost_spsc_queue", 8)]
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tables.print_tables(Results(entries))
        lines = out.getvalue().splitlines()
        self.assertIn("/ fetch_add   / boost_spsc_queue", lines[2])
        self.assertRegex(lines[3], r"headway_default +2\.00 +\(2\.00 - 2\.00\) +4\.00 +0\.50 +0\.25$")

    def test_percentiles_are_columns(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tables.print_tables(Results([entry("from_sleep/headway/load:idle", p50=6000, p99=9000)]))
        self.assertRegex(out.getvalue(), r"p50 +p99\n +headway load:idle +6\.00 +9\.00")

    def test_a_group_that_nobody_knows_is_shown_by_its_counters(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            tables.print_tables(Results([entry("news/headway/a:1", lost=3), entry("news/headway/a:2", lost=4)]))
        self.assertIn("lost", out.getvalue())


class Plots(unittest.TestCase):
    def test_each_is_drawn_from_what_there_is_and_is_xml(self):
        entries = repeated("full_speed/headway_default", [1, 2]) + repeated("full_speed/boost_queue", [300, 400])
        for threads in (1, 16, 256):
            entries.append(entry(f"producers/headway_default/threads:{threads}", items_per_second=1e9))
        for load in ("idle", "busy"):
            entries.append(entry(f"from_sleep/futex/load:{load}", p50=6000, p99=30000, max=90000))
        measured = {"command": "./bench/compare <&>", "context": {"date": "2026-01-01"}}
        with tempfile.TemporaryDirectory() as folder:
            drawn = plots.draw_all(Results(entries), measured, Path(folder))
            self.assertEqual([path.stem for path in drawn], ["report_cost", "producers", "from_sleep"])
            for path in drawn:
                ElementTree.parse(path)

    def test_waits_are_shown_without_their_interval(self):
        results = Results([entry("ticking/headway/interval_us:1000/load:idle", p50=1_060_000, max=900_000)])
        line, = plots.by_percentile(results.series.values(), less=1_000_000)
        self.assertEqual(line.points, [(0.0, Spread(60, 60, 60))])

    def test_what_has_no_capacity_is_drawn_over_all(self):
        results = Results([entry(f"coalescing/{name}/capacity:{capacity}", x=1)
                           for name, capacity in (("two_stores", 0), ("boost_queue", 64), ("boost_queue", 256))])
        lines = plots.over(results.series.values(), "capacity", "x")
        self.assertEqual([place for place, _ in plots.over_all(lines[0], lines).points], [64, 256])

    def test_scales(self):
        self.assertTrue(scale_over([1, 100], 0, 1).log)
        self.assertFalse(scale_over([1, 10], 0, 1).log)
        self.assertFalse(scale_over([0, 1000], 0, 1).log)
        self.assertEqual(Scale(1, 100, 0, 10, True).place(10), 5)
        self.assertEqual(Scale(1, 1e4, 0, 10, True).ticks(), [1, 10, 100, 1000, 1e4])
        self.assertEqual(Scale(0, 1, 0, 10).ticks(), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1])
        self.assertEqual([short(value) for value in (0.5, 20, 4096, 1000, 5e4, 1e7)],
                         ["0.5", "20", "4 Ki", "1,000", "50 k", "10 M"])

    def test_labels_do_not_cover_each_other(self):
        places = spread_out([50, 50, 51, 10, 99], 0, 100)
        order = sorted(places)
        self.assertTrue(all(b - a >= LABEL_HEIGHT - 1e-9 for a, b in zip(order, order[1:])))
        self.assertLessEqual(order[-1], 100)


class Preparing(unittest.TestCase):
    def prepare(self, program, listed, **how):
        with tempfile.TemporaryDirectory() as folder:
            binary = Path(folder) / "bench" / program.name
            binary.parent.mkdir()
            if listed is not None:
                binary.write_text(f"#!/bin/sh\nprintf '{listed}'\n")
                binary.chmod(0o755)
            return prepare(program, "full", Path(folder), BENCH, None, **how)

    def test_what_is_missing_is_said(self):
        self.assertIn("is missing", self.prepare(PROGRAM, None))
        self.assertIn("no benchmark fits", self.prepare(PROGRAM, "Failed to match any benchmarks"))

    def test_the_time_follows_from_how_many_there_are(self):
        one = self.prepare(PROGRAM, "g/a\\n")
        three = self.prepare(PROGRAM, "g/a\\ng/b\\ng/c\\n")
        self.assertAlmostEqual(three.expected, 3 * one.expected)

    def test_of_a_second_build_only_our_own_are_run(self):
        start = self.prepare(PROGRAM, "g/headway_x/min_time:0.5\\ng/boost_queue\\n", ours_alone=True)
        self.assertIn(r"--benchmark_filter=^(g/headway_x/min_time:0\.5)$", start.command)
        self.assertIn("nothing of Headway", self.prepare(PROGRAM, "g/boost_queue\\n", ours_alone=True))


PROGRAM = PROGRAMS[0]


def start(code, expected=1.0):
    return Start(PROGRAM, [sys.executable, "-c", code], {}, expected, False)


def run(*starts, budget=60.0):
    runner = Runner(list(starts), "quick", budget, lambda: None)
    with contextlib.redirect_stderr(io.StringIO()):
        runner.run()
    return runner


def prints(report):
    return f"print({json.dumps(report)!r})"


class Running(unittest.TestCase):
    def test_what_a_program_prints_is_gathered(self):
        runner = run(start(prints({"context": {"x": 1}, "benchmarks": [entry("g/c")]})))
        self.assertEqual(runner.problems, [])
        self.assertEqual(runner.entries[0]["program"], PROGRAM.name)

    def test_a_crash_is_named_and_the_others_go_on(self):
        good = prints({"benchmarks": [entry("g/c")]})
        runner = run(start("import os; os.abort()"), start("import sys; sys.exit('no luck')"), start(good))
        self.assertEqual(len(runner.entries), 1)
        self.assertEqual(len(runner.problems), 2)
        self.assertTrue(any("SIGABRT" in text for text in runner.problems), runner.problems)
        self.assertTrue(any("no luck" in text for text in runner.problems), runner.problems)

    def test_77_means_left_out(self):
        runner = run(start("import sys; print('no valgrind', file=sys.stderr); sys.exit(77)"))
        self.assertEqual((runner.problems, runner.left_out), ([], [f"{PROGRAM.name}: no valgrind"]))

    def test_a_program_that_hangs_is_ended_with_its_children(self):
        with tempfile.TemporaryDirectory() as folder:
            note = Path(folder) / "child"
            runner = run(start("import subprocess, sys, time\n"
                               "child = subprocess.Popen(['sleep', '300'])\n"
                               f"open({str(note)!r}, 'w').write(str(child.pid))\n"
                               "time.sleep(300)"), budget=1.5)
            self.assertIn("ended after", runner.problems[0])
            self.assert_gone(int(note.read_text()))

    def assert_gone(self, pid):
        state = Path(f"/proc/{pid}/stat")
        for _ in range(100):
            if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        self.fail(f"process {pid} still runs")

    def test_of_a_report_that_was_cut_off_what_is_whole_is_kept(self):
        text = json.dumps({"context": {}, "benchmarks": [entry("g/a"), entry("g/b")]}, indent=1)
        cut = text[:text.index("g/b")]
        self.assertEqual([one["name"] for one in salvage(cut)["benchmarks"]], ["g/a"])
        self.assertEqual(salvage("Segmentation fault"), {})

    def test_times_are_told_in_minutes(self):
        self.assertEqual((minutes(0), minutes(59.6), minutes(605)), ("0:00", "1:00", "10:05"))

    def test_what_is_expected_of_the_scripts_fits_the_budget(self):
        for mode, budget in BUDGET.items():
            scripts = sum(program.pace(mode).each for program in PROGRAMS if program.script)
            self.assertLess(scripts, budget / 2)


class Command(unittest.TestCase):
    def compare(self, *arguments):
        return subprocess.run([sys.executable, "-B", str(BENCH / "compare"), *arguments], capture_output=True,
                              text=True, timeout=60)

    def test_wrong_arguments_are_named(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as other:
            other.write("[]")
            other.flush()
            for arguments, said in ((["--only", "nonsense"], "nonsense"), (["--build", "/nowhere"], "/nowhere"),
                                    (["--only", "latency/("], "no regular expression"),
                                    (["--from", "/nowhere.json"], "/nowhere.json"),
                                    (["--from", other.name], "not written by"),
                                    (["--from", other.name, "--build", "/tmp"], "leave out")):
                done = self.compare(*arguments)
                self.assertIn(said, done.stderr)
                self.assertIn(done.returncode, (1, 2))
                self.assertNotIn("Traceback", done.stderr)

    def test_help_tells_the_exit_status(self):
        done = self.compare("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("Exit status", done.stdout)

    def test_a_file_is_shown_again(self):
        measured = {"format": 1, "command": "./bench/compare", "seconds": 1, "missing": ["latency: is missing"],
                    "left_out": [], "problems": [], "interrupted": False,
                    "context": {"date": "2026-01-01", "load_before": [0], "load_after": [0]},
                    "benchmarks": repeated("full_speed/headway_folding", [9]) + repeated("full_speed/fetch_add", [1])}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "compare.json"
            path.write_text(json.dumps(measured))
            done = self.compare("--from", str(path), "--plots", folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("latency: is missing", done.stdout)
            self.assertTrue((Path(folder) / "report_cost.svg").exists())
            self.assertEqual(self.compare("--from", str(path), "--targets").returncode, 3)
            measured["problems"] = ["scaling: ended by SIGSEGV"]
            path.write_text(json.dumps(measured))
            self.assertEqual(self.compare("--from", str(path), "--targets").returncode, 1)


if __name__ == "__main__":
    unittest.main()
