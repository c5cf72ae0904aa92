// SPDX-License-Identifier: MIT
#pragma once

#if defined(HEADWAY_STATIC)
#define HEADWAY_EXPORT
#elif defined(_WIN32)
#if defined(HEADWAY_BUILDING)
#define HEADWAY_EXPORT __declspec(dllexport)
#else
#define HEADWAY_EXPORT __declspec(dllimport)
#endif
#else
#define HEADWAY_EXPORT __attribute__((visibility("default")))
#endif
