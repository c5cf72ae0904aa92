// SPDX-License-Identifier: MIT
#pragma once

#include "boards/service.hpp"
#include "export/exposition.hpp"

namespace headway::tools {

/// Those that every series of a service has. Two boards in one folder have two file names, so no two series are
/// the same.
inline Labels labels_of(const ServiceView& service) {
  return Labels().add("service", service.name).add("pid", service.process).add("bus", service.file);
}

}  // namespace headway::tools
