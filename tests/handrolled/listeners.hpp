// SPDX-License-Identifier: MIT
//
// Listeners: who is to be called, and the calling, as the hand-rolled ways share it. The lock is held
// during calls, so that unsubscribing waits for them; it is recursive, so that a listener may unsubscribe
// itself. What a listener throws is dropped.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "contender.hpp"

namespace headway::handrolled {

class Listeners {
 public:
  std::size_t add(Listener listener) {
    const std::scoped_lock lock(mutex_);
    listeners_.emplace(++last_, std::make_shared<Listener>(std::move(listener)));
    return last_;
  }
  void remove(std::size_t handle) {
    const std::scoped_lock lock(mutex_);
    listeners_.erase(handle);
  }
  void tell(const Progress& progress) {
    call([&](const Listener& listener) { listener.progress(progress); });
  }
  void tell_closed() {
    call([](const Listener& listener) { listener.closed(); });
  }

 private:
  template <class Call>
  void call(Call one) {
    const std::scoped_lock lock(mutex_);
    // A copy: a listener may add and remove listeners.
    const auto listeners = listeners_;
    for (const auto& [handle, listener] : listeners) {
      if (!listeners_.contains(handle)) continue;
      try {
        one(*listener);
      } catch (...) {
      }
    }
  }

  std::recursive_mutex mutex_;
  std::map<std::size_t, std::shared_ptr<Listener>> listeners_;
  std::size_t last_ = 0;
};

}  // namespace headway::handrolled
