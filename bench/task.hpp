// SPDX-License-Identifier: MIT
//
// Task: what a thread of this process has cost so far. TaskSink: a sink that knows which thread calls it.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <string>

#include <pthread.h>
#include <unistd.h>

#include "sink.hpp"

namespace bench {

class Task {
 public:
  /// The calling thread. It must live while its costs are asked for.
  [[nodiscard]] static Task current() {
    Task task;
    task.id_ = gettid();
    pthread_getcpuclockid(pthread_self(), &task.clock_);
    return task;
  }

  [[nodiscard]] std::chrono::nanoseconds cpu_time() const {
    timespec time{};
    clock_gettime(clock_, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
  /// How often it has given up a core, of its own will or not: as often it was woken or went on.
  [[nodiscard]] std::uint64_t context_switches() const {
    std::ifstream status("/proc/self/task/" + std::to_string(id_) + "/status");
    std::uint64_t all = 0;
    for (std::string word; status >> word;) {
      if (word != "voluntary_ctxt_switches:" && word != "nonvoluntary_ctxt_switches:") continue;
      std::uint64_t count = 0;
      status >> count;
      all += count;
    }
    return all;
  }

 private:
  pid_t id_ = 0;
  clockid_t clock_ = CLOCK_THREAD_CPUTIME_ID;
};

class TaskSink : public Sink {
 public:
  void on_progress(std::uint64_t completed, std::uint64_t total, std::uint64_t count) override {
    if (delivered() == 0) caller_ = Task::current();
    Sink::on_progress(completed, total, count);
  }
  /// Who called last while nothing had been delivered. Read once delivered() has told of it.
  [[nodiscard]] const Task& caller() const noexcept { return caller_; }

 private:
  Task caller_;
};

}  // namespace bench
