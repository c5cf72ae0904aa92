/* SPDX-License-Identifier: MIT
 *
 * A lane's life: claimed, reported on, ended, read a last time, cleared, claimed again by another provider
 * of another session: core/{lane_table,lane_record,lane_reader}, BusState::add_lane, end_lane and
 * release_lanes, Dispatcher::retire, begin_closing and try_closing, lane.hpp (open, look, look_closing,
 * finish_closing, reset), the gate of a session.
 *
 * One lane, so that it must be reused, of a bus that looks at its inbox again and again. Its first provider reports on session 0, which is closed meanwhile;
 * the second reports on session 1, and keeps the lane. A value is 10 * session + number.
 *
 * Shown: what is read in a lane was reported on the session that has the lane (no value of an old life);
 * a mark that is late meets no lane without a session; the last report that returned ok is what is read
 * last, and a refused one is not read (assertions); the dispatcher waits for nothing that does not come
 * (invalid end state), and the second provider's last report arrives in every fair run (arrives).
 *
 * Wrong variants: NO_LAST_READ, RELEASED_BEFORE_CLEARED, CELLS_STAY, LATE_MARKS_HEAT, STAYS_IN_THE_LIST,
 * CLOSING_KEEPS_THE_LANE, LATE_REPORT_FORGOTTEN, OPENED_HOT.
 */
#define HOT     1     /* a lane's word: {life, hot}; the epoch is in park_wake_cool.pml */
#define ALIVE   0
#define CLOSING 2
#define LATE    4
#define CLOSED  6
#define LIFE    6
#define NONE    7     /* no session, no provider */
#define NEVER   255
#define RESET   0     /* of a cell: nothing */

bool free = true, in_use, marked;       /* in the free list; the lane's bit in the inbox */
byte session = NONE, word, cell;        /* of the lane; cell: the newest value */
bool writing;                           /* the cell's version is odd */
byte acknowledged;
byte listed_by = NONE;                  /* whose session.reporting->lanes has the lane */
bool gate_closed[2], close_posted, ended_posted;
bool other_shut;                        /* session 0 has another lane, which may take long to shut */
byte last_ok[2], got[2];
bool done[2];

proctype Provider(byte s; byte reports) {
  byte number, w, expected = NEVER, mark = NEVER;
  atomic { free && (s == 0 || done[0]) -> free = false; session = s; listed_by = s }   /* add_lane */
#ifdef OPENED_HOT
  word = ALIVE | HOT;
#else
  word = ALIVE;
#endif
  in_use = true;
  do
  :: atomic { number == reports || gate_closed[s] -> break }
  :: atomic { number < reports && !gate_closed[s] -> number++ }
     writing = true;
     atomic { cell = 10 * s + number; writing = false }
     w = word;                                                               /* L1 */
     if
     :: w == expected
     :: w != expected && (w & LIFE) != ALIVE ->                              /* look_closing */
        atomic { if :: (word & LIFE) != CLOSED -> word = (word & ~LIFE) | LATE; goto ok :: else fi }
        if :: cell <= acknowledged -> goto ok :: else -> break fi            /* refused */
     :: w != expected && (w & LIFE) == ALIVE && (w & HOT) -> expected = w
     :: w != expected && (w & LIFE) == ALIVE && !(w & HOT) ->
        expected = NEVER;
        atomic { if :: mark != w -> mark = w; marked = true :: else fi }
     fi;
ok:  last_ok[s] = 10 * s + number
  od;
  atomic { done[s] = true; if :: s == 0 -> ended_posted = true :: else fi }      /* end_lane */
}

proctype Closer() { atomic { gate_closed[0] = true; close_posted = true }; other_shut = true }  /* BusState::close */

/* Reads the cell, if it is not being written. */
inline take() {
  atomic {
    assert(session != NONE);
    unread = false;
    if
    :: writing -> unread = true
    :: !writing && cell != taken ->
       assert(cell / 10 == session);     /* no value of an old life */
       taken = cell; got[session] = cell
    :: else
    fi
  }
}

inline try_close() {
  do
  :: in_closing && !shut ->
     take();
     if :: unread -> break :: else fi;
     acknowledged = taken;
     atomic {                            /* finish_closing */
       if :: (word & LIFE) == CLOSING -> word = (word & ~LIFE) | CLOSED; shut = true
          :: else ->
#ifdef LATE_REPORT_FORGOTTEN
             word = (word & ~LIFE) | CLOSED; shut = true
#else
             word = (word & ~LIFE) | CLOSING
#endif
       fi
     }
  :: else -> break
  od;
  if :: shut && other_shut -> in_closing = false :: else fi
}

inline clear() {                         /* LaneTable::clear */
  in_use = false;
  atomic {
#ifndef CELLS_STAY
    cell = RESET;
#endif
    session = NONE; taken = RESET; acknowledged = 0; shut = false; closing = false
  }
}

proctype Dispatcher() {
  bool hot, closing, shut, in_closing, unread;
  byte taken = RESET;
  bool ended, closed;
  do
  :: atomic { done[0] && done[1] && other_shut && !ended_posted && !close_posted && !in_closing &&
              got[1] == last_ok[1] -> break }
  :: marked || ended_posted || close_posted || hot || in_closing ->
     atomic { if :: marked -> marked = false :: else -> goto commands fi }   /* take_marks */
#ifndef LATE_MARKS_HEAT
     if :: !in_use -> goto commands :: else fi;
#endif
     atomic { if :: !hot && !closing -> hot = true; word = word | HOT :: else fi }
commands:
     atomic { ended = ended_posted; closed = close_posted; ended_posted = false; close_posted = false }
     try_close();
     if
     :: ended ->                                                             /* retire, release_lanes */
#ifndef CLOSING_KEEPS_THE_LANE
        in_closing = false;
#endif
#ifndef STAYS_IN_THE_LIST
        hot = false;
#endif
#ifdef RELEASED_BEFORE_CLEARED
        free = true;
#endif
#ifndef NO_LAST_READ
        if :: !shut -> take() :: else fi;
#endif
        clear();
        atomic { listed_by = NONE; free = true; ended = false }
     :: else
     fi;
     if :: hot -> take() :: else fi;                                         /* read_hot */
     if
     :: closed ->                                                            /* begin_closing */
        closed = false;
        atomic {
          if :: listed_by == 0 -> in_closing = true; hot = false; closing = true :: else -> goto ticked fi }
        atomic { word = (word & ~LIFE) | CLOSING }                           /* then the barrier */
        try_close()
     :: else
     fi;
ticked:
     unread = false
  od;
  assert(got[0] == last_ok[0])
}

init { atomic { run Dispatcher(); run Provider(0, 2); run Provider(1, 2); run Closer() } }

ltl arrives { <> (done[1] && got[1] == last_ok[1]) }
