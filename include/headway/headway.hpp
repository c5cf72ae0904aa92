// SPDX-License-Identifier: MIT
//
// Headway: a lock-free progress event bus. This header brings all of it but the adapters
// (headway/winsync.hpp), the displays' helper (headway/rate.hpp) and the layout of boards (headway/board.hpp).
#pragma once

#include <headway/bus.hpp>
#include <headway/options.hpp>
#include <headway/reporter.hpp>
#include <headway/session.hpp>
#include <headway/session_id.hpp>
#include <headway/session_info.hpp>
#include <headway/shared_reporter.hpp>
#include <headway/statistics.hpp>
#include <headway/status.hpp>
#include <headway/subscriber.hpp>
#include <headway/subscription.hpp>
#include <headway/update.hpp>
#include <headway/version.hpp>
#include <headway/vocabulary.hpp>
