#include "app/cache_command.h"

#include <fmt/core.h>

#include "app/one_of.h"
#include "app/progress_line.h"
#include "cache/cache_folder.h"

namespace ionloom::app {

void add_cache(CLI::App& app, CacheOptions& options) {
  CLI::App* command = app.add_subcommand(
      "cache",
      "Show or clear what earlier runs have kept: isotopic patterns, compiled WebAssembly");
  command
      ->add_option("action", options.action,
                   "show: the folders, their entries and their size; clear: remove them")
      ->check(one_of({"show", "clear"}))
      ->default_str("show")
      ->type_name("show|clear");
}

Result<void> run_cache(const CacheOptions& options) {
  for (const cache::CacheKind& kind : {cache::kPatterns, cache::kModules}) {
    const auto folder = cache::default_cache_folder(kind);
    if (!folder) {
      return usage_error(
          "no cache folder is known: neither XDG_CACHE_HOME nor HOME is an absolute path");
    }
    cache::CacheContent content = cache::content_of(*folder, kind);
    if (options.action == "clear") {
      const auto removed = cache::clear(*folder, kind);
      if (!removed) return std::unexpected(removed.error());
      content = *removed;
    }
    fmt::print("{}\n{}{} entr{}, {} bytes\n", folder->string(),
               options.action == "clear" ? "removed " : "", with_separators(content.entries),
               content.entries == 1 ? "y" : "ies", with_separators(content.size_bytes));
  }
  return {};
}

}  // namespace ionloom::app
