// SPDX-License-Identifier: MIT
//
// One look as plain text: services, an empty line, sessions.
#pragma once

#include <cstddef>
#include <string>

#include "top/browser.hpp"
#include "top/frame.hpp"
#include "top/model.hpp"

namespace headway::tools {

[[nodiscard]] std::string plain_text(const Model& model, const Browser& browser, Moment moment,
                                     bool utf8, std::size_t columns);

}  // namespace headway::tools
