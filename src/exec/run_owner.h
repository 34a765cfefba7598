#pragma once

#include <string>
#include <string_view>

namespace ionloom::exec {

// Whose a run's objects in a store are, so that another run can tell that their owner was killed.

/// Names this process: its machine since it was started, and which process of it.
[[nodiscard]] std::string own_process_text();

/// Whether the process of such a text has ended. False for what is no such text, and for processes
/// of other machines, of which this one cannot know.
[[nodiscard]] bool has_ended(std::string_view process_text);

}  // namespace ionloom::exec
