#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "plan/learned_models.h"

namespace ionloom::plan {

/// Models as JSON (docs/formats/models.md): what learn_models() found, so that a run need not learn
/// it again.
[[nodiscard]] std::string models_text(const LearnedModels& models);

/// Whether a text is of an older version of the layout: nothing that learning again would not find.
[[nodiscard]] bool is_of_older_layout(std::string_view text);

/// Reads what models_text() writes. Fails with what was found and what was expected; a text of a
/// newer version says so.
/// @param where  names the text in messages
[[nodiscard]] Result<LearnedModels> parse_models(std::string_view text, std::string_view where);

}  // namespace ionloom::plan
