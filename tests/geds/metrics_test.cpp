#include "geds/metrics.h"

#include <gtest/gtest.h>

namespace ionloom::geds {
namespace {

TEST(Metrics, text_is_prometheus_exposition_format) {
  Metrics metrics;
  Counter& opened = metrics.counter("geds__files_opened", "Objects opened");
  metrics.gauge("geds__local_memory_used", "Bytes in memory", [] { return 42U; });
  opened.add();
  opened.add(2);
  EXPECT_EQ(metrics.text(),
            "# HELP geds__files_opened Objects opened\n# TYPE geds__files_opened counter\n"
            "geds__files_opened 3\n"
            "# HELP geds__local_memory_used Bytes in memory\n# TYPE geds__local_memory_used gauge\n"
            "geds__local_memory_used 42\n");
}

}  // namespace
}  // namespace ionloom::geds
