// SPDX-License-Identifier: MIT
#pragma once

#if defined(__MINGW32__)
#include <memory>
#include <system_error>

#include <pthread.h>
#endif

namespace headway::detail {

#if defined(__MINGW32__)

// GCC keeps thread_local objects in memory that it frees as the thread ends, before it runs their destructors.
// So the object is on the heap, and a key of the same threads library, winpthreads, knows when the thread ends.
template <class T>
class ThreadKey {
 public:
  ThreadKey() {
    const int failed =
        pthread_key_create(&key_, [](void* value) { delete static_cast<T*>(value); });
    if (failed != 0)
      throw std::system_error(failed, std::generic_category(), "headway: pthread_key_create");
  }

  [[nodiscard]] T& value() {
    if (void* const made = pthread_getspecific(key_)) return *static_cast<T*>(made);
    auto fresh = std::make_unique<T>();
    const int failed = pthread_setspecific(key_, fresh.get());
    if (failed != 0)
      throw std::system_error(failed, std::generic_category(), "headway: pthread_setspecific");
    return *fresh.release();
  }

 private:
  pthread_key_t key_{};
};

template <class T>
T& per_thread() {
  // Never destroyed: threads may outlive every static object.
  static ThreadKey<T>& key = *new ThreadKey<T>;
  return key.value();
}

#else

template <class T>
T& per_thread() {
  static thread_local T value;
  return value;
}

#endif

}  // namespace headway::detail
