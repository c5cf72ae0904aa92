// SPDX-License-Identifier: MIT
//
// per_thread<T>(): this thread's T, made at the thread's first call and destroyed when the thread ends. Throws
// what T's constructor throws, or std::bad_alloc.
#pragma once

#if defined(_WIN32)
#include "core/platform/windows/per_thread.hpp"
#else
#include "core/platform/linux/per_thread.hpp"
#endif
