# SPDX-License-Identifier: MIT
"""Drives a bus from Python through headway/headway.h, with ctypes alone.

    drive.py LIBRARY      the shared library; empty where there is none: exit status 77

The part between the two marks is what a program needs, and what the README shows.
"""

import sys
import threading

if len(sys.argv) != 2:
    sys.exit("usage: drive.py LIBRARY")
if not sys.argv[1]:
    print("skipped: only the static library was built")
    sys.exit(77)
library = sys.argv[1]

# [program
from ctypes import CDLL, CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int32, c_int64, c_size_t, c_uint32, \
    c_uint64, c_void_p, sizeof


class Update(Structure):
    _fields_ = [("size", c_size_t), ("session_name", c_char_p), ("session", c_uint64), ("completed", c_uint64),
                ("total", c_uint64), ("sequence", c_uint64), ("observed_ns", c_int64), ("role", c_uint32),
                ("stage", c_uint32), ("unit", c_uint32), ("reserved", c_uint32)]


PROGRESS = CFUNCTYPE(None, c_void_p, POINTER(Update))


class Callbacks(Structure):
    _fields_ = [("size", c_size_t), ("progress", PROGRESS), ("batch", c_void_p), ("opened", c_void_p),
                ("closed", c_void_p), ("released", c_void_p)]


headway = CDLL(library)
headway.headway_last_error.restype = c_char_p


def check(status):
    if status < 0:
        raise OSError(headway.headway_last_error().decode())


# What is not declared is converted as an int: that would cut values and pointers in half.
headway.headway_report.argtypes = [c_void_p, c_uint32, c_uint32, c_uint64, c_uint64]
for name, arguments in {"headway_bus_create": [c_void_p, POINTER(c_void_p)],
                        "headway_bus_flush": [c_void_p, c_int64],
                        "headway_session_open": [c_void_p, c_char_p, c_void_p, POINTER(c_void_p)],
                        "headway_reporter_create": [c_void_p, c_void_p, POINTER(c_void_p)],
                        "headway_subscribe": [c_void_p, POINTER(Callbacks), c_void_p, c_void_p, POINTER(c_void_p)],
                        }.items():
    getattr(headway, name).argtypes = arguments
    getattr(headway, name).restype = check

bus, session, reporter, subscription = c_void_p(), c_void_p(), c_void_p(), c_void_p()
seen = []


@PROGRESS
def show(_, update):
    seen.append((update.contents.session_name.decode(), update.contents.completed, update.contents.total))


headway.headway_bus_create(None, byref(bus))
# Keep `callbacks` for as long as the subscription stands: it holds the function.
callbacks = Callbacks(size=sizeof(Callbacks), progress=show)
headway.headway_subscribe(bus, byref(callbacks), None, None, byref(subscription))
headway.headway_session_open(bus, b"photos", None, byref(session))
headway.headway_reporter_create(session, None, byref(reporter))
for done in range(1, 1001):
    headway.headway_report(reporter, 1, 2, done, 1000)
headway.headway_bus_flush(bus, 2**63 - 1)
# program]

assert seen[-1] == ("photos", 1000, 1000), seen

# A bad role, a refusal with a text, and an exception in a callback, which ctypes prints and does not pass on.
E_INVALIDARG = c_int32(0x80070057).value
E_ABORT = c_int32(0x80004004).value
assert headway.headway_report(reporter, 3, 2, 1, 2) == E_INVALIDARG
try:
    headway.headway_session_open(bus, b"", None, byref(c_void_p()))
except OSError as error:
    assert "1 to 255" in str(error), error
else:
    raise AssertionError("a session without a name was opened")


# Snapshots are read through their pointers.
class Value(Structure):
    _fields_ = [("completed", c_uint64), ("total", c_uint64), ("sequence", c_uint64)]


class SessionInfo(Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("note", c_char_p), ("detail", c_char_p), ("id", c_uint64),
                ("values", Value * 6), ("units", c_uint32 * 3), ("canceled", c_uint32), ("open", c_uint32),
                ("outcome", c_uint32)]


class Snapshot(Structure):
    _fields_ = [("size", c_size_t), ("count", c_size_t), ("sessions", POINTER(POINTER(SessionInfo)))]


snapshot = POINTER(Snapshot)()
headway.headway_bus_snapshot.argtypes = [c_void_p, c_void_p, POINTER(POINTER(Snapshot))]
headway.headway_bus_snapshot.restype = check
headway.headway_bus_snapshot(bus, None, byref(snapshot))
assert snapshot.contents.size == sizeof(Snapshot)
assert snapshot.contents.count == 1
info = snapshot.contents.sessions[0].contents
assert info.size == sizeof(SessionInfo)
assert (info.name, info.open, info.canceled) == (b"photos", 1, 0)
assert info.values[5].completed == 1000 and info.values[5].sequence == 1000
headway.headway_snapshot_free(snapshot)

# A provider's thread, that is canceled by the session's id.
headway.headway_session_id.argtypes = [c_void_p]
headway.headway_session_id.restype = c_uint64
headway.headway_bus_cancel.argtypes = [c_void_p, c_uint64]
headway.headway_bus_cancel.restype = check
answers = []
ready = threading.Event()


def provide():
    done = 0
    while True:
        done += 1
        answer = headway.headway_report(reporter, 1, 0, done, 0)
        if answer < 0:
            answers.append(answer)
            return
        ready.set()


provider = threading.Thread(target=provide)
provider.start()
ready.wait()
headway.headway_bus_cancel(bus, headway.headway_session_id(session))
provider.join()
assert answers == [E_ABORT], answers

for handle in ("subscription", "reporter", "session", "bus"):
    destroy = getattr(headway, f"headway_{handle}_destroy")
    destroy.argtypes = [c_void_p]
    destroy.restype = None
    destroy(globals()[handle])
print(f"{len(seen)} callbacks, the last {seen[-1]}")
