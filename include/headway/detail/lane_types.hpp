// SPDX-License-Identifier: MIT
//
// The lane and the rings that this build ships, chosen in one place.
#pragma once

#include <headway/detail/atomics.hpp>
#include <headway/detail/export.hpp>
#include <headway/detail/intake.hpp>
#include <headway/detail/lane.hpp>
#include <headway/detail/reentry.hpp>
#if defined(HEADWAY_RING_BOOST)
#include <headway/detail/boost_rings.hpp>
#else
#include <headway/detail/mpsc_ring.hpp>
#include <headway/detail/spsc_ring.hpp>
#endif

namespace headway::detail {

using BusIntake = Intake<StdAtomics>;
class BusLane : public Lane<StdAtomics, BusIntake> {
 public:
  using Lane::Lane;
  [[no_unique_address]] Occupancy occupancy;
};
using BusLaneExtra = LaneExtra<StdAtomics>;
#if defined(HEADWAY_RING_BOOST)
using OwnRing = BoostSpscRing;
using SharedRing = BoostMpscRing;
#else
using OwnRing = SpscRing<StdAtomics>;
using SharedRing = MpscRing<StdAtomics>;
#endif

/// What handles that stand for nothing report to.
HEADWAY_EXPORT extern constinit BusLane inert_lane;

}  // namespace headway::detail
