#pragma once

#include <cstddef>
#include <string>

namespace ionloom::bench {

/// Prints as JSON by how much this process's own memory (RssAnon) and the memory that it shares
/// with others (RssShmem) grew by reading an object through: of a place, as a view of it ("view")
/// or copied into a buffer ("copy"). Puts the object, in a process of its own, and removes it.
void print_resident_memory(const std::string& how, const std::string& place,
                           std::size_t size_bytes);

}  // namespace ionloom::bench
