/* SPDX-License-Identifier: MIT
 *
 * Calls that wait for callbacks: core/wait_graph.cpp, SubscriptionState::call, unsubscribe, join and
 * run_own_thread, Courier::deliver and reached, mailbox.hpp, Dispatcher::tick and take_over,
 * BusState::flush, stop and end_threads. All calls are made without a deadline.
 *
 * Subscription 0 is called by the dispatcher's thread, subscription 1 by a thread of its own, while a
 * provider reports without end. Each callback unsubscribes itself or the other, stops the bus, or does
 * nothing; a user unsubscribes one of them, then stops the bus. With FLUSHES the user flushes, then stops;
 * callback 0 may unsubscribe the other, callback 1 stop the bus.
 *
 * Shown: no deadlock (invalid end state); every call and every thread ends in every fair run (ends); after
 * unsubscribe() has returned true the callback does not run, and after flush() has returned ok all that was
 * reported before it has been handed over (assertions).
 *
 * Wrong variants: NO_CYCLE_DETECTION, STOP_LOOKS_FOR_NO_CYCLE, UNSUBSCRIBE_DOES_NOT_WAIT,
 * FLUSH_WAITS_IN_A_CALLBACK, FLUSH_UNTIL_NOTHING_IS_LEFT, FOLDED_COUNTS_AS_DONE, TAKE_OVER_TELLS_NOBODY,
 * STOP_WAITS_FOR_A_THREAD_THAT_ENDED, STOP_FORGETS_WHO_UNSUBSCRIBED.
 */
#define DISPATCHER 0  /* threads; the first two are also the numbers of the subscriptions they call */
#define OWN        1
#define CALLER     2
#define NOBODY     3
#define NONE       2  /* no gate */
#define CAPACITY   1  /* of the mailbox */

mtype = { nothing, unsubscribe, flush, stop };
mtype = { delivered, reported, pending, queued, called };  /* where the newest report before a flush is */

byte runner[2] = NOBODY, waits[3] = NONE;       /* the wait graph */
bool closed[2], gone[2], subscribed[2] = true;
bool news, behind[2];                           /* the provider's; of a subscription: cursor < clock */
bool before[2];                                 /* cursor < what answers the flush */
byte waiting, in_call, marked;                  /* mailbox: queued, taken, pushes until the flush mark is done */
bool has_mark, signalled, finishing;
bool wanted, answering, answered;               /* flush: asked for, being answered, answered */
bool told;                                      /* progress_ was notified */
bool stopping, finished, settled, released, locked, joined;
bool over[3];                                   /* threads that have ended */
mtype newest[2] = delivered;

#define runs_or_waits(t, x) (runner[x] == t || (runner[x] != NOBODY && waits[runner[x]] != NONE && \
                             runner[waits[runner[x]]] == t))
#ifdef NO_CYCLE_DETECTION
#define closes_cycle(t, x) (runner[x] == t)
#else
#define closes_cycle(t, x) runs_or_waits(t, x)
#endif

/* Whose callback stop() looks at: what the dispatcher calls, even if it has been unsubscribed. */
#ifdef STOP_FORGETS_WHO_UNSUBSCRIBED
#define listed(x) subscribed[x]
#else
#define listed(x) true
#endif

inline advance(x, from, to) { if :: newest[x] == from -> newest[x] = to :: else fi }

/* The newest report before a flush, with what happens to it. */
inline note(x, running) {
  if
  :: news -> newest[x] = reported
  :: !news && behind[x] -> newest[x] = pending
  :: !news && !behind[x] && x == 1 && waiting -> newest[x] = queued
  :: else -> if :: running -> newest[x] = called :: else -> newest[x] = delivered fi
  fi
}

inline push() {                                 /* Mailbox::push_surely */
  if
  :: waiting < CAPACITY -> waiting++
  :: else ->                                    /* folded with what is there */
#ifdef FOLDED_COUNTS_AS_DONE
     marked = (marked > 0 -> marked - 1 : 0)
#else
     skip
#endif
  fi
}

/* One call of the user or of a callback on thread t. */
inline perform(t) {
  if
  :: what == nothing
  :: what == unsubscribe ->
     closed[x] = true;
     atomic { subscribed[x] = false; if :: x == OWN -> signalled = true :: else fi }   /* forget, signal */
#ifndef UNSUBSCRIBE_DOES_NOT_WAIT
     atomic {
       if
       :: runner[x] == NOBODY -> goto idle
       :: closes_cycle(t, x) -> goto done
       :: else -> waits[t] = x
       fi
     }
     atomic { runner[x] == NOBODY -> waits[t] = NONE }
#endif
idle:
     if :: x == OWN && t != OWN -> over[OWN] :: else fi;                               /* join */
     atomic { assert(runner[x] == NOBODY); gone[x] = true }
  :: what == flush ->
     atomic {
       wanted = true;
       if :: t == CALLER -> note(0, runner[0] == DISPATCHER); note(1, in_call > 0) :: else fi;
       told = false;
       if :: answered || settled -> goto flushed :: else fi
     }
     do
     :: atomic { told -> told = false; if :: answered || settled -> break :: else fi }
     od;
flushed:
     assert(t != CALLER || !answered ||
            (closed[0] || newest[0] == delivered) && (closed[1] || newest[1] == delivered))
  :: what == stop ->
     stopping = true;
     if :: t == DISPATCHER -> goto threads :: else fi;
     do                                                                      /* wait_finished */
     :: atomic { settled -> break }
#ifndef STOP_LOOKS_FOR_NO_CYCLE
     :: atomic { !settled && listed(0) && runner[0] != NOBODY ->
          if :: closes_cycle(t, 0) -> break :: else -> waits[t] = 0 fi }
        atomic { waits[t] = NONE }                    /* in a moment, or when the callback has returned */
#endif
     od;
     atomic { !locked -> if :: !finished && !released -> locked = true :: else -> goto threads fi }
     released = true;                                                        /* take_over */
     settled = true;
     atomic { if :: (news || behind[1]) && !closed[1] -> push(); signalled = true :: else fi }
#ifndef TAKE_OVER_TELLS_NOBODY
     told = true;
#endif
     locked = false;
threads:
     atomic { if :: settled && subscribed[1] -> finishing = true; signalled = true :: else -> goto join fi }
     do
     :: atomic { waiting + in_call == 0 -> break }
#ifndef STOP_WAITS_FOR_A_THREAD_THAT_ENDED
     :: atomic { closed[1] && runner[1] == NOBODY -> break }
#endif
     :: atomic { runner[1] != NOBODY ->
          if :: closes_cycle(t, 1) -> goto join :: else -> waits[t] = 1 fi }
        atomic { waits[t] = NONE }
     od;
     if :: t != OWN -> over[OWN] :: else fi;
join:
     atomic { if :: finished && !joined && t != DISPATCHER -> joined = true :: else -> goto done fi }
     over[DISPATCHER]
  fi;
done:
  atomic { what = nothing; x = 0 }
}

inline choose(t) {
  atomic {
    if                                          /* flush answers "called from a callback" */
    :: what = nothing
#ifdef FLUSHES
    :: t == DISPATCHER -> what = unsubscribe; x = 1
    :: t == OWN -> what = stop
#else
    :: what = unsubscribe; x = 0
    :: what = unsubscribe; x = 1
    :: what = stop
#endif
#ifdef FLUSH_WAITS_IN_A_CALLBACK
    :: what = flush
#endif
    fi
  }
}

#ifdef FLUSH_UNTIL_NOTHING_IS_LEFT
#define enough (!news && waiting + in_call == 0)
#else
#define enough true
#endif
#define urgent (stop_seen || (wanted && !answered))

proctype Dispatcher() {
  mtype what = nothing;
  byte x;
  bool wanted_seen, stop_seen;
  do
  :: atomic { !locked && (news || behind[0] || behind[1] || (wanted && !answered) || stopping || released) ->
       if :: released -> break :: else -> locked = true fi }
     wanted_seen = wanted;
     stop_seen = stopping;
     atomic {
       if :: news -> news = false; behind[0] = true; behind[1] = true;
             advance(0, reported, pending); advance(1, reported, pending) :: else fi;
       if :: wanted_seen && !answering && !answered ->
             answering = true; before[0] = behind[0]; before[1] = behind[1] :: else fi
     }
     atomic {                                                               /* Courier::deliver */
       if
       :: closed[0] -> behind[0] = false; before[0] = false; goto mailbox
       :: !closed[0] && !behind[0] -> goto mailbox
       :: !closed[0] && behind[0] && !urgent -> goto mailbox                /* not due yet */
       :: !closed[0] && behind[0] ->
          behind[0] = false; before[0] = false; advance(0, pending, called); locked = false
       fi
     }
     atomic {                                                               /* SubscriptionState::call */
       if :: closed[0] -> goto called_it :: else -> assert(!gone[0]); runner[0] = DISPATCHER fi }
     choose(DISPATCHER);
     perform(DISPATCHER);
     atomic { runner[0] = NOBODY; advance(0, called, delivered) }
called_it:
     atomic { !locked -> if :: released -> break :: else -> locked = true fi }
mailbox:
     atomic {
       if
       :: closed[1] -> behind[1] = false; before[1] = false; goto answer
       :: !closed[1] && !behind[1] -> goto answer
       :: !closed[1] && behind[1] && !urgent -> goto answer
       :: !closed[1] && behind[1] && (waiting < CAPACITY || urgent)
       fi
     }
     atomic { push(); behind[1] = false; before[1] = false; advance(1, pending, queued) }
     signalled = true;
answer:
     atomic {                                                               /* Courier::reached */
       if :: answering && !closed[1] && !before[1] && !has_mark -> has_mark = true; marked = waiting + in_call
          :: else fi;
       if :: answering && (closed[0] || !before[0]) && (closed[1] || (!before[1] && marked == 0)) &&
             enough -> answering = false; answered = true; told = true
          :: else fi
     }
     atomic {                                                               /* note_finished */
       locked = false; wanted_seen = false;
       if :: stop_seen && (closed[0] || !behind[0]) && (closed[1] || !behind[1]) ->
             finished = true; settled = true; told = true; break
          :: else fi
     }
  od;
  over[DISPATCHER] = true
}

proctype OwnThread() {
  mtype what = nothing;
  byte x;
  do
  :: signalled = false;
     atomic { in_call = waiting; waiting = 0; advance(1, queued, called);   /* take_all */
              if :: in_call == 0 -> goto emptied :: else fi }
     atomic { if :: closed[1] -> goto called_it :: else -> assert(!gone[1]); runner[1] = OWN fi }
     choose(OWN);
     perform(OWN);
     runner[1] = NOBODY;
called_it:
     atomic { advance(1, called, delivered); marked = (marked > in_call -> marked - in_call : 0); in_call = 0 }
emptied:
     atomic { if :: closed[1] -> break :: else fi }
     atomic { if :: finishing && waiting == 0 -> break :: else fi }
     signalled
  od;
  over[OWN] = true
}

proctype User() {
  mtype what = nothing;
  byte x;
  bool last;
again:
  atomic { if :: last -> what = stop
#ifdef FLUSHES
              :: !last -> what = flush
#else
              :: !last -> if :: what = unsubscribe; x = 0 :: what = unsubscribe; x = 1 fi
#endif
           fi }
  perform(CALLER);
  atomic { if :: !last -> last = true; goto again :: else fi }
  over[CALLER] = true
}

proctype Provider() {
  do :: atomic { !news && !stopping -> news = true } :: atomic { stopping -> break } od
}

init { atomic { run Dispatcher(); run OwnThread(); run User(); run Provider() } }

ltl ends { <> (over[DISPATCHER] && over[OWN] && over[CALLER]) }
