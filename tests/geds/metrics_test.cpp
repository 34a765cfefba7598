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

TEST(Metrics, a_histogram_counts_values_up_to_each_bound) {
  Metrics metrics;
  Histogram& times = metrics.histogram("java_gedsfile__read", "Nanoseconds");
  for (const std::uint64_t value : {0, 1, 10, 11, 5000}) times.add(value);
  const std::string text = metrics.text();
  for (const char* line :
       {"# TYPE java_gedsfile__read histogram\n", "java_gedsfile__read_bucket{le=\"1\"} 2\n",
        "java_gedsfile__read_bucket{le=\"10\"} 3\n", "java_gedsfile__read_bucket{le=\"100\"} 4\n",
        "java_gedsfile__read_bucket{le=\"10000\"} 5\n",
        "java_gedsfile__read_bucket{le=\"+Inf\"} 5\n", "java_gedsfile__read_sum 5022\n",
        "java_gedsfile__read_count 5\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(Metrics, a_level_is_how_many_there_are_now) {
  Metrics metrics;
  Level& busy = metrics.level("geds__tcptransport_sendqueue_length", "Answers on their way");
  {
    const Level::Present one(busy);
    const Level::Present two(busy);
    EXPECT_EQ(busy.value(), 2U);
  }
  EXPECT_NE(metrics.text().find("geds__tcptransport_sendqueue_length 0\n"), std::string::npos);
}

TEST(Metrics, a_timing_adds_its_life_to_a_histogram) {
  Metrics metrics;
  Histogram& times = metrics.histogram("times", "Nanoseconds");
  { const Timing timing(times); }
  EXPECT_NE(metrics.text().find("times_count 1\n"), std::string::npos);
  EXPECT_EQ(metrics.text().find("times_sum 0\n"), std::string::npos);
}

}  // namespace
}  // namespace ionloom::geds
