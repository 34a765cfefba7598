#pragma once

#include <string>
#include <string_view>

namespace ionloom::report {

/// A molecule's name as METASPACE shows it: HTML entities decoded, white space around it removed,
/// then trailing ',' and ';' removed. "&alpha;-D-Glucose;" gives "α-D-Glucose".
/// Source: METASPACE's graphql/src/modules/annotation/controller/Annotation.ts, cleanMoleculeName.
[[nodiscard]] std::string clean_molecule_name(std::string_view name);

/// Decodes the named entities of HTML 4 and those of HTML 5 that name ASCII punctuation, and
/// numeric ones (&#946; &#x3b2;); the final ';' may be missing, as METASPACE's decoder allows.
/// What is no entity stays as it is.
[[nodiscard]] std::string decode_html_entities(std::string_view text);

}  // namespace ionloom::report
