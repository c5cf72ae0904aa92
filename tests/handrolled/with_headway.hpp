// SPDX-License-Identifier: MIT
//
// The same on Headway. Every listener has a thread of its own, so that none has to wait for another.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include <headway/headway.hpp>

#include "contender.hpp"

namespace headway::handrolled {

class WithHeadway : public Contender {
 public:
  explicit WithHeadway(Providers providers) : session_(bus_.open_session("job")) {
    if (providers == Providers::one) {
      reporter_ = session_.reporter();
    } else {
      shared_ = session_.shared_reporter();
    }
    several_ = providers == Providers::several;
  }

  Status report(std::size_t key, std::uint64_t completed, std::uint64_t total) override {
    return several_ ? shared_.report(role_of(key), stage_of(key), completed, total)
                    : reporter_.report(role_of(key), stage_of(key), completed, total);
  }
  Status advance(std::size_t key) override {
    return several_ ? shared_.advance(role_of(key), stage_of(key))
                    : reporter_.advance(role_of(key), stage_of(key));
  }

  std::size_t subscribe(Listener listener) override {
    const std::scoped_lock lock(mutex_);
    subscriptions_[++last_] = bus_.subscribe(std::make_shared<Adapter>(std::move(listener)),
                                             {.interval = interval, .run_on = RunOn::own_thread});
    return last_;
  }
  void unsubscribe(std::size_t handle) override {
    Subscription ending;
    {
      const std::scoped_lock lock(mutex_);
      ending = std::move(subscriptions_[handle]);
      subscriptions_.erase(handle);
    }
    ending.unsubscribe();
  }

  void close() override { session_.close(); }
  void cancel() override { session_.cancel(); }
  bool flush(std::chrono::milliseconds deadline) override {
    return bus_.flush(deadline) == FlushResult::ok;
  }

 private:
  struct Adapter : Subscriber {
    explicit Adapter(Listener of) : listener(std::move(of)) {}
    void on_progress(const Update& update) override {
      listener.progress(
          {key_index(update.role, update.stage), update.completed, update.total, update.sequence});
    }
    void on_closed(SessionId, Outcome) override { listener.closed(); }
    Listener listener;
  };

  Bus bus_;
  Session session_;
  Reporter reporter_;
  SharedReporter shared_;
  bool several_ = false;
  std::mutex mutex_;
  std::size_t last_ = 0;
  std::map<std::size_t, Subscription> subscriptions_;
};

}  // namespace headway::handrolled
