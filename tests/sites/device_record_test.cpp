#include "sites/device_record.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plan/random_numbers.h"
#include "sites/support/random_sites.h"

namespace ionloom::sites {
namespace {

using plan::Stage;

std::optional<double>& of(Kappas& kappas, Stage stage) {
  return kappas[static_cast<std::size_t>(stage)];
}

DeviceRecord device() {
  DeviceRecord made{.name = "pi by the laser",
                    .instruction_set = "aarch64",
                    .cores = 4,
                    .memory_bytes = 4'000'000'000,
                    .runtime = Runtime::kPrecompiled,
                    .pace = 0.75,
                    .idle_w = 2.7,
                    .active_w = 6.4,
                    .link_j_byte = 2e-8,
                    .measured_unix_s = 1'795'000'000};
  of(made.kappas, Stage::kIngest) = 5.5;
  of(made.kappas, Stage::kAnnotate) = 7.25;
  made.link.up_bytes_s.add(2.5e6);
  made.link.up_bytes_s.add(2.0e6);
  made.link.latency_s.add(0.012);
  return made;
}

TEST(DeviceRecord, comes_back_as_it_was_written) {
  const auto read = parse_device_record(device_record_text(device()), "pi.json");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, device());
}

TEST(DeviceRecord, without_a_pace_has_cores_of_its_own) {
  std::string text = device_record_text(device());
  text.replace(text.find("\"pace\""), 6, "\"else\"");
  EXPECT_EQ(parse_device_record(text, "pi.json").value().pace, 1);
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = device_record_text(device());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The whole sentence of the error that a text is refused with.
std::string complaint(const std::string& text) {
  const auto read = parse_device_record(text, "pi.json");
  return read ? "accepted" : read.error().message();
}

TEST(DeviceRecord, faults_are_named_with_what_was_expected) {
  EXPECT_NE(complaint("[]").find("pi.json"), std::string::npos);
  EXPECT_NE(complaint(changed("\"ionloom_device\": 1", "\"ionloom_device\": 2")).find("newer"),
            std::string::npos);
  EXPECT_NE(complaint(changed("\"cores\": 4", "\"cores\": 0")).find("cores"), std::string::npos);
  EXPECT_NE(complaint(changed("\"cores\": 4", "\"cores\": \"4\"")).find("from 1 to"),
            std::string::npos);
  EXPECT_NE(complaint(changed("precompiled", "fast")).find("interpreted"), std::string::npos);
  EXPECT_NE(complaint(changed("\"ingest\": 5.5", "\"ingest\": -1")).find("kappa.ingest"),
            std::string::npos);
  EXPECT_NE(complaint(changed("\"ingest\"", "\"digest\"")).find("kappa.digest"), std::string::npos);
  EXPECT_NE(complaint(changed("0.75", "1.25")).find("pace"), std::string::npos);
  EXPECT_NE(complaint(changed("2500000.0", "null")).find("link.up_bytes_s"), std::string::npos);
  EXPECT_NE(complaint(changed("\"name\": \"pi by the laser\"", "\"name\": \"\"")).find("name"),
            std::string::npos);
}

TEST(RecentValues, forget_the_oldest_and_what_cannot_be_true) {
  RecentValues values;
  for (int i = 1; i <= 100; ++i) values.add(i);
  values.add(0);
  values.add(-1);
  values.add(std::nan(""));
  ASSERT_EQ(values.values().size(), RecentValues::kMost);
  EXPECT_EQ(values.values().front(), 37);
  EXPECT_EQ(values.quantile(0), 37);
  EXPECT_EQ(values.quantile(1), 100);
  EXPECT_DOUBLE_EQ(values.quantile(0.5), 68.5);
}

/// Devices whose kappas are a factor a device times a factor a stage, each with an error.
std::vector<Kappas> devices(std::size_t count, double error_log) {
  plan::RandomNumbers random(11);
  std::vector<double> stages(plan::kStages.size());
  for (double& stage : stages) stage = log_uniform(random, 0.7, 2.5);
  std::vector<Kappas> made(count);
  for (Kappas& kappas : made) {
    const double factor = log_uniform(random, 1, 50);
    for (std::size_t s = 0; s < stages.size(); ++s) {
      kappas[s] = factor * stages[s] * lognormal(random, error_log);
    }
  }
  return made;
}

std::vector<Runtime> native(const std::vector<Kappas>& known) {
  return std::vector<Runtime>(known.size(), Runtime::kNative);
}

TEST(FilledKappas, of_a_matrix_of_rank_one_are_exact) {
  const std::vector<Kappas> truth = devices(4, 0);
  std::vector<Kappas> known = truth;
  known[0][2].reset();
  known[3] = {};
  known[3][1] = truth[3][1];  // one measurement tells a whole device
  const std::vector<Kappas> filled = filled_kappas(known, native(known));
  for (std::size_t v = 0; v < truth.size(); ++v) {
    for (std::size_t s = 0; s < truth[v].size(); ++s) {
      EXPECT_NEAR(*filled[v][s], *truth[v][s], 1e-6 * *truth[v][s]) << v << " " << s;
    }
  }
}

TEST(FilledKappas, what_is_known_stays_as_it_is) {
  const std::vector<Kappas> known = devices(3, 0.5);
  EXPECT_EQ(filled_kappas(known, native(known)), known);
}

TEST(FilledKappas, leave_one_out_error_is_that_of_the_measurements) {
  const std::vector<Kappas> truth = devices(8, 0.1);
  double error = 0;
  int count = 0;
  for (std::size_t v = 0; v < truth.size(); ++v) {
    for (std::size_t s = 0; s < truth[v].size(); ++s) {
      std::vector<Kappas> known = truth;
      known[v][s].reset();
      error += std::abs(*filled_kappas(known, native(known))[v][s] / *truth[v][s] - 1);
      ++count;
    }
  }
  EXPECT_LT(error / count, 0.2);
}

TEST(FilledKappas, come_from_devices_that_run_the_stages_in_the_same_way) {
  // An interpreter slows patterns down more than ingest; a native device that is slow does not.
  std::vector<Kappas> known(4);
  of(known[0], Stage::kIngest) = 1;
  of(known[0], Stage::kPatterns) = 1;
  of(known[1], Stage::kIngest) = 10;
  of(known[1], Stage::kPatterns) = 40;
  of(known[2], Stage::kIngest) = 20;
  of(known[3], Stage::kIngest) = 20;
  const std::vector<Runtime> runtimes = {Runtime::kNative, Runtime::kInterpreted,
                                         Runtime::kInterpreted, Runtime::kJit};
  const std::vector<Kappas> filled = filled_kappas(known, runtimes);
  const auto patterns = static_cast<std::size_t>(Stage::kPatterns);
  EXPECT_NEAR(*filled[2][patterns], 80, 1e-9);
  // Of a runtime that no other device has: by all of them.
  EXPECT_GT(*filled[3][patterns], 20);
  EXPECT_LT(*filled[3][patterns], 80);
}

TEST(FilledKappas, of_a_device_that_nobody_measured_are_the_middle_of_the_others) {
  std::vector<Kappas> known(4);
  of(known[0], Stage::kIngest) = 1;
  of(known[1], Stage::kIngest) = 3;
  of(known[2], Stage::kIngest) = 9;
  const std::vector<Kappas> filled = filled_kappas(known, native(known));
  EXPECT_NEAR(*filled[3][static_cast<std::size_t>(Stage::kIngest)], 3, 1e-9);
  EXPECT_FALSE(filled[3][static_cast<std::size_t>(Stage::kRank)]);  // nobody measured it
}

}  // namespace
}  // namespace ionloom::sites
