/* SPDX-License-Identifier: MIT
 *
 * How the dispatcher goes to sleep, and what wakes it: include/headway/detail/{inbox,parking,intake}.hpp,
 * the word of a lane (lane.hpp: look, heat, cool), LaneReader::take_marks and cool, Dispatcher::tick,
 * next_tick and sleep, BusState::flush and take_commands. Between two steps here lies one access to what
 * threads share.
 *
 * Two providers have a lane each, and share all words of the inbox; the first may die between any two of
 * its steps. With USER a user who asks for a flush or posts a command stands in its place. No timer runs while the dispatcher is parked, nor in a doze while the user waits.
 *
 * Shown: the dispatcher never sleeps for good while a lane of a provider that lived has an unread report
 * or the user waits (else: invalid end state), and both get through in every fair run (arrives).
 *
 * Wrong variants: NO_LOOK_AFTER_COOLING, LOOKS_BEFORE_COOLING, NO_LAST_LOOK, ROOT_FIRST, FIRST_MARKER_ONLY,
 * NOTIFIED_TRUSTED, NO_EPOCH, DOZES_WHEN_A_REPORT_IS_DUE; with USER: CONTROL_LEAVES_A_DOZE,
 * COMMANDS_BEFORE_MARKS, NO_SECOND_LOOK_FOR_FLUSH.
 */
#ifdef NO_EPOCH
#define EPOCH 0
#else
#define EPOCH 2
#endif
#define HOT     1     /* a lane's word is {epoch, hot} */
#define NEVER   255
#define CONTROL 2     /* the root's bit for the control path; 1 stands for the lanes below */
#define OTHERS  2     /* threads beside the dispatcher */

mtype = { running, parked, notified, dozing };      /* Sleep */
mtype = { cold, listed, quiet, again };             /* a lane, as the dispatcher has it in its list */

byte root, middle, leaves;               /* Inbox */
mtype parking = running;
bool asleep;                             /* the dispatcher is in futex(2) */
byte word[2], stored[2], taken[2];
bool lived[2];                           /* its provider made all its reports */
bool dying;                              /* the first provider does no further step */
byte over;                               /* others that have ended or died */
bool has_commands, command_done;
bool requested, answered;                /* a flush */
bool waiting;                            /* the user does */

inline mark(i) {
#if defined(ROOT_FIRST)
  root = root | 1; middle = middle | 1; leaves = leaves | (1 << i)
#elif defined(FIRST_MARKER_ONLY)
  atomic { before = leaves; leaves = leaves | (1 << i); if :: before -> goto next :: else fi }
  middle = middle | 1; root = root | 1
#else
  leaves = leaves | (1 << i);            /* M1 */
  middle = middle | 1;                   /* M2 */
  root = root | 1                        /* M3 */
#endif
}

inline wake(seen) {                      /* Parking::wake */
  atomic { if :: parking == seen -> parking = notified :: else fi }
  asleep = false
}

proctype Provider(byte i; byte reports) {
  byte expected = NEVER, marked = NEVER, before;
  {
    do
    :: atomic { reports > 0 -> reports--; stored[i]++ }
       atomic { if :: word[i] == expected -> goto next :: else fi }          /* L1 */
       atomic {                                                              /* look */
         if
         :: word[i] & HOT -> expected = word[i]; goto next
         :: else -> expected = NEVER
         fi;
         if
         :: marked == word[i] -> goto next
         :: else -> marked = word[i]
         fi
       }
       mark(i);
       atomic {                                                              /* P2 */
         if
         :: parking == running || parking == dozing -> goto next
         :: parking == parked -> goto park
         :: parking == notified ->
#ifdef NOTIFIED_TRUSTED
            goto next
#endif
         fi
       }
       asleep = false; goto next;
park:  wake(parked);
next:  skip
    :: atomic { reports == 0 -> lived[i] = true; break }
    od
  } unless { i == 0 && dying };
  over++
}

proctype User() {
  atomic { if :: has_commands = true :: requested = true fi; waiting = true }
  root = root | CONTROL;
  atomic {                                                                   /* P2 */
    if
    :: parking == running -> goto wait
    :: parking == dozing ->
#ifdef CONTROL_LEAVES_A_DOZE
       goto wait
#else
       goto doze
#endif
    :: parking == parked
    :: parking == notified
    fi
  }
  wake(parked); goto wait;
doze:
  wake(dozing);
wait:
  atomic { command_done || answered -> waiting = false; over++ }
}

proctype Death() { if :: dying = true :: skip fi }

inline heat(i) { word[i] = (word[i] + EPOCH) | HOT; list[i] = listed }
inline take_mark(i) { atomic { if :: (found & (1 << i)) && list[i] == cold -> heat(i) :: else fi } }
inline read(i) {                         /* a lane without news may have been quiet for long */
  atomic {
    if
    :: list[i] == listed && stored[i] != taken[i] -> taken[i] = stored[i]
    :: list[i] == listed && stored[i] == taken[i] -> list[i] = quiet
    :: list[i] == cold || stored[i] == taken[i]
    fi
  }
}
inline cool(i) { atomic { if :: list[i] == quiet -> word[i] = word[i] & ~HOT :: else fi } }      /* L2 */
inline look(i) {                         /* has_more */
  atomic {
    if
#ifndef NO_LOOK_AFTER_COOLING
    :: list[i] == quiet && stored[i] != taken[i] -> list[i] = again          /* L3 */
#endif
    :: else -> if :: list[i] == quiet -> list[i] = cold :: else fi
    fi
  }
}
inline reheat(i) { atomic { if :: list[i] == again -> heat(i) :: else fi } }
inline take_commands() {
  atomic { if :: has_commands -> has_commands = false; command_done = true :: else fi }
}

proctype Dispatcher() {
  mtype list[2] = cold, how;
  byte found;
  bool flush_wanted, timer;
tick:
  flush_wanted = requested;              /* before the marks, and these before the commands */
#ifdef COMMANDS_BEFORE_MARKS
  take_commands();
#endif
  atomic { if :: root == 0 -> goto taken_marks :: else fi }
  atomic { found = root & ~CONTROL; root = 0; if :: found == 0 -> goto taken_marks :: else fi }  /* K3 */
  atomic { found = middle; middle = 0; if :: found == 0 -> goto taken_marks :: else fi }         /* K2 */
  atomic { found = leaves; leaves = 0 }                                                          /* K1 */
  take_mark(0); take_mark(1);
taken_marks:
  found = 0;
#ifndef COMMANDS_BEFORE_MARKS
  take_commands();
#endif
  read(0); read(1);
#ifdef LOOKS_BEFORE_COOLING
  look(0); look(1);
  atomic { if :: list[0] == cold -> word[0] = word[0] & ~HOT :: else fi }
  atomic { if :: list[1] == cold -> word[1] = word[1] & ~HOT :: else fi }
#else
  cool(0); cool(1);                      /* then the barrier */
  look(0); look(1);
#endif
  reheat(0); reheat(1);
  atomic { if :: flush_wanted -> answered = true :: else fi }
#ifndef NO_SECOND_LOOK_FOR_FLUSH
  atomic { if :: requested != flush_wanted -> goto tick :: else fi }
#endif
  atomic {                               /* next_tick and nobody_due_before, announce */
    if
    :: list[0] == listed || list[1] == listed -> timer = true; how = parked
    :: timer = true; how = dozing        /* every subscription has just been called */
    :: list[0] == cold && list[1] == cold -> timer = false; how = parked
#ifdef DOZES_WHEN_A_REPORT_IS_DUE
    :: list[0] == cold && list[1] == cold -> timer = false; how = dozing
#endif
    fi;
    parking = how                        /* P1 */
  }
#ifndef NO_LAST_LOOK
  atomic { if :: root != 0 -> goto awake :: else fi }
#endif
  atomic { if :: parking == how -> asleep = true :: else -> goto awake fi }
  do
  :: atomic { !asleep -> break }
  :: atomic { asleep && timer && !(how == dozing && waiting) -> asleep = false; break }
  :: atomic { asleep && over == OTHERS && (!lived[0] || taken[0] == stored[0]) &&
              (!lived[1] || taken[1] == stored[1]) -> goto done }
  od;
awake:
  atomic { parking = running; how = 0; timer = false; goto tick }
done:
  skip
}

init {
  atomic {
    run Dispatcher();
#ifdef USER
    run User(); run Provider(1, 1)
#else
    run Provider(0, 1); run Provider(1, 2); run Death()
#endif
  }
}

#ifdef USER
ltl arrives { <> (taken[1] == 1 && (command_done || answered)) }
#else
ltl arrives { <> (taken[1] == 2) }
#endif
