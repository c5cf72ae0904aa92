// SPDX-License-Identifier: MIT
//
// A look as a line of JSON, for programs: all that the boards say, numbers exactly as they stand there, and the rates
// and times that follow from several looks.
#pragma once

#include <string>
#include <vector>

#include "top/frame.hpp"
#include "top/model.hpp"

namespace headway::tools {

/// `problems`: what could not be read.
[[nodiscard]] std::string json_text(const Model& model, const std::vector<std::string>& problems,
                                    Moment moment);

}  // namespace headway::tools
