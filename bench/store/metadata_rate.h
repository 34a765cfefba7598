#pragma once

#include <cstddef>
#include <string>

namespace ionloom::bench {

/// Calls of a metadata server that are answered in a second, over all connections. Each connection
/// is a process of its own with one call at a time under way.
/// @param what     "create": new objects; "lookup": objects that the same `run` created before
[[nodiscard]] double metadata_rate(const std::string& what, const std::string& server,
                                   std::size_t connections, double seconds, const std::string& run);

}  // namespace ionloom::bench
