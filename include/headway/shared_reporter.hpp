// SPDX-License-Identifier: MIT
// (interface only at this moment; same face as Reporter, for any threads at once; at() gives a SharedCounter)
#pragma once
