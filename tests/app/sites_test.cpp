#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_run.h"

namespace ionloom::app::testing {
namespace {

using imzml::testing::sample;
using Json = nlohmann::json;

/// A record of a device that is `kappa` times as slow as the machine of the defaults.
std::string record(const std::string& name, double kappa) {
  Json kappas;
  for (const char* stage : {"index", "ingest", "ions", "patterns", "annotate", "images", "rank"}) {
    kappas[stage] = kappa;
  }
  return Json{{"ionloom_device", 1}, {"name", name},        {"instruction_set", "aarch64"},
              {"cores", 2},          {"memory_bytes", 4e9}, {"runtime", "precompiled"},
              {"kappa", kappas},     {"idle_w", 3},         {"active_w", 7}}
      .dump();
}

/// An edge and a cloud beside a small dataset; the link of the edge in Mbit/s.
void put_sites(const Workplace& place, double mbit_s) {
  put(place / "pi.json", record("pi", 8));
  put(place / "vm.json", record("vm", 1));
  put(place / "sites.toml",
      "source = \"lab\"\n"
      "[[site]]\nname = \"lab\"\ndevice = \"pi.json\"\n"
      "up_mbit_s = " +
          std::to_string(mbit_s) +
          "\ndown_mbit_s = 50\nlatency_ms = 5\n"
          "[[site]]\nname = \"cloud\"\ndevice = \"vm.json\"\ncores = 16\n"
          "up_mbit_s = 10000\ndown_mbit_s = 10000\nprice_hour_usd = 0.7\n");
}

Words plan(const Workplace& place, const Words& more = {}) {
  Words words = {"plan",    place / "brain.imzML", "--molecules", place / "list.tsv",
                 "--sites", place / "sites.toml"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Json planned(const Workplace& place, Words more = {}) {
  more.emplace_back("--json");
  const Finished done = run(plan(place, more));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return Json::parse(done.out, nullptr, false);
}

TEST(Sites, every_placement_is_whole_and_the_plan_no_slower_than_the_runner_up) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  const Json json = planned(place);
  EXPECT_EQ(json["kind"], "sites");
  for (const char* which : {"plan", "runner_up"}) {
    double ingest = 0;
    double annotate = 0;
    int patterns = 0;
    for (const Json& site : json[which]["sites"]) {
      ingest += site["ingest"].get<double>();
      annotate += site["annotate"].get<double>();
      patterns += site["patterns"] ? 1 : 0;
    }
    EXPECT_NEAR(ingest, 1, 1e-9);
    EXPECT_NEAR(annotate, 1, 1e-9);
    EXPECT_EQ(patterns, 1);
  }
  EXPECT_LE(json["plan"]["time_s"], json["runner_up"]["time_s"]);
  EXPECT_EQ(json["module_s"].size(), 7U);
  for (const auto& [stage, seconds] : json["module_s"].items()) EXPECT_GT(seconds, 0) << stage;
}

TEST(Sites, a_shared_processor_makes_a_site_slower_than_its_kappas) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  const Json alone = planned(place)["plan"];
  Json shared = Json::parse(record("vm", 1));
  shared["pace"] = 0.8;
  put(place / "vm.json", shared.dump());
  const Json slower = planned(place)["plan"];
  EXPECT_DOUBLE_EQ(slower["sites"][1]["kappa"]["annotate"],
                   alone["sites"][1]["kappa"]["annotate"].get<double>() / 0.8);
  EXPECT_EQ(slower["sites"][0]["kappa"], alone["sites"][0]["kappa"]);
  shared["pace"] = 1.5;
  put(place / "vm.json", shared.dump());
  expect_error(run(plan(place)), 1, {"vm.json", "pace", "1.5", "to 1"});
}

TEST(Sites, raw_data_that_must_stay_stays) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 10'000);
  const Json json = planned(place, {"--keep-raw-at", "lab"});
  EXPECT_EQ(json["keep_raw"], true);
  for (const char* which : {"plan", "runner_up"}) {
    if (json[which].is_null()) continue;
    EXPECT_EQ(json[which]["sites"][0]["ingest"], 1);
    EXPECT_EQ(json[which]["sites"][0]["annotate"], 1);
  }
  expect_error(run(plan(place, {"--keep-raw-at", "cloud"})), 2, {"cloud", "lies at lab"});
  expect_error(run(plan(place, {"--keep-raw-at", "lap"})), 2, {"did you mean lab?"});
}

TEST(Sites, the_placement_that_is_asked_for_is_shown_and_estimated_as_before) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  const Json best = planned(place);
  const Json second = planned(place, {"--placement", "runner-up"});
  EXPECT_EQ(second["plan"], best["runner_up"]);
  EXPECT_EQ(second["runner_up"], best["plan"]);
  put(place / "plan.json", second.dump());
  EXPECT_EQ(planned(place, {"--placement", place / "plan.json"})["plan"], best["runner_up"]);
  put(place / "mine.json", best["runner_up"].dump());
  EXPECT_EQ(planned(place, {"--placement", place / "mine.json"})["plan"], best["runner_up"]);
}

TEST(Sites, a_placement_that_cannot_be_is_refused_with_a_reason) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  const auto refused = [&](const std::string& text, int code, const Words& parts, Words more = {}) {
    put(place / "mine.json", text);
    more.insert(more.end(), {"--placement", place / "mine.json"});
    expect_error(run(plan(place, more)), code, parts);
  };
  const std::string away =
      R"({"sites": [{"site": "cloud", "ingest": 1, "annotate": 1, "patterns": true}]})";
  refused("{}", 1, {"mine.json", "is no placement"});
  refused(R"({"sites": [{"site": "clod", "ingest": 1}]})", 1, {"clod", "lab, cloud"});
  refused(R"({"sites": [{"site": "cloud", "ingest": 0.5, "annotate": 1, "patterns": true}]})", 1,
          {"shares of ingest add up to 0.5"});
  refused(R"({"sites": [{"site": "cloud", "ingest": 1, "annotate": 1}]})", 1, {"patterns"});
  refused(away, 2, {"peaks would leave lab"}, {"--keep-raw-at", "lab"});
  const std::string images_away =
      R"({"sites": [{"site": "lab", "ingest": 1, "annotate": 1, "patterns": true},
                    {"site": "cloud", "rank": true}]})";
  refused(images_away, 2, {"peaks would leave lab"}, {"--keep-raw-at", "lab"});
  refused(R"({"sites": [{"site": "lab", "ingest": 1, "annotate": 1, "patterns": true, "rank": true},
                        {"site": "cloud", "rank": true}]})",
          1, {"2 sites", "rank"});
  put(place / "mine.json", away);
  EXPECT_EQ(planned(place, {"--placement", place / "mine.json"})["plan"]["sites"][1]["ingest"], 1);
}

TEST(Sites, what_a_run_has_seen_changes_where_the_rest_of_it_is_placed) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  const auto seen = [&](const std::string& cloud) {
    put(place / "seen.json",
        R"({"packed": false, "sites": {"lab": {"ingested": 1}, "cloud": )" + cloud + "}}");
    return planned(place, {"--observed", place / "seen.json"})["plan"];
  };
  const Json as_planned = seen(R"({"ingested": 0})");
  EXPECT_EQ(as_planned["ingest_s"], 0);
  EXPECT_EQ(as_planned["sites"][0]["ingest"], 1);
  EXPECT_EQ(seen(R"({"is_there": false})")["sites"][1]["annotate"], 0);
  const Json slowed = seen(R"({"slowness": 3})");
  EXPECT_DOUBLE_EQ(slowed["sites"][1]["kappa"]["annotate"],
                   3 * as_planned["sites"][1]["kappa"]["annotate"].get<double>());
  EXPECT_EQ(seen(R"({"link_bytes_s": 1000})")["sites"][1]["down_bytes_s"], 1000);
  put(place / "seen.json", R"({"sites": {"clod": {}}})");
  expect_error(run(plan(place, {"--observed", place / "seen.json"})), 1, {"sites.clod", "no site"});
}

TEST(Sites, ranks_are_made_where_a_placement_says_and_the_way_of_the_results_counts) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 1);
  const std::string at_the_lab = content_of(place / "sites.toml");
  put(place / "edge.json", R"({"sites": [{"site": "lab", "ingest": 1, "annotate": 1,
                                          "patterns": true}]})");
  const Words all_at_the_lab = {"--placement", place / "edge.json"};
  const Json near = planned(place, all_at_the_lab);
  put(place / "sites.toml", "results = \"cloud\"\n" + at_the_lab);
  const Json far = planned(place, all_at_the_lab);
  EXPECT_EQ(near["results"], "lab");
  EXPECT_EQ(far["results"], "cloud");
  for (const Json& plan : {near["plan"], far["plan"]}) {
    EXPECT_EQ(plan["sites"][0]["rank"], true);
    EXPECT_EQ(plan["sites"][1]["rank"], false);
  }
  EXPECT_EQ(near["plan"]["link_bytes"], 0);
  const double bytes = far["plan"]["link_bytes"];
  EXPECT_GT(bytes, 0);
  EXPECT_EQ(far["plan"]["sites"][0]["sent_bytes"]["cloud"], bytes);
  // A link of 1 Mbit/s carries 125,000 bytes a second; a call takes them in.
  EXPECT_NEAR(far["plan"]["images_s"].get<double>() - near["plan"]["images_s"].get<double>(),
              bytes / 125'000 + 0.6 + 0.005, 1e-6);

  put(place / "edge.json", R"({"sites": [{"site": "lab", "ingest": 1, "annotate": 1,
                                          "patterns": true}, {"site": "cloud", "rank": true}]})");
  const Json away = planned(place, all_at_the_lab);
  EXPECT_EQ(away["plan"]["sites"][0]["rank"], false);
  EXPECT_EQ(away["plan"]["sites"][1]["rank"], true);
  EXPECT_LT(away["plan"]["rank_s"], far["plan"]["rank_s"]);
  EXPECT_GT(away["plan"]["sites"][0]["sent_bytes"]["cloud"], away["header_bytes"]);
}

TEST(Sites, least_bytes_keep_everything_where_it_lies) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 10'000);
  EXPECT_EQ(planned(place, {"--goal", "bytes"})["plan"]["link_bytes"], 0);
}

TEST(Sites, text_and_picture_show_sites_and_what_flows_between) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  const Finished done = run(plan(place, {"--picture", place / "sites.png"}));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  for (const char* part :
       {"[lab]", "[cloud]", "runner-up", "over links", "measured on it", "starts and planning"}) {
    EXPECT_NE(done.out.find(part), std::string::npos) << part << "\n" << done.out;
  }
  EXPECT_GT(std::filesystem::file_size(place / "sites.png"), 1000U);
}

TEST(Sites, a_deadline_that_no_placement_keeps_says_the_best_possible) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  expect_error(run(plan(place, {"--deadline", "0.0001"})), 2, {"best possible"});
}

TEST(Sites, faults_of_the_file_are_named_with_their_line) {
  const Workplace place(sample(glucose_pixels()));
  put_sites(place, 100);
  const std::string whole = content_of(place / "sites.toml");
  const auto refused = [&](const std::string& from, const std::string& to, const Words& parts) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    put(place / "sites.toml", text);
    expect_error(run(plan(place)), 1, parts);
  };
  refused("source = \"lab\"", "source = \"lap\"", {"sites.toml", "lap", "no site"});
  refused("source = \"lab\"", "source = ", {"line 1", "TOML"});
  refused("latency_ms = 5", "latency_mss = 5", {"line 7", "did you mean latency_ms?"});
  refused("up_mbit_s = 100", "up_mbit_s = -1", {"line 5", "up_mbit_s"});
  refused("name = \"cloud\"", "name = \"lab\"", {"two sites named \"lab\""});
  refused("up_mbit_s = 10000\ndown_mbit_s = 10000\n", "", {"link of site \"cloud\""});
  put(place / "sites.toml", whole);
  put(place / "pi.json", "{}");
  expect_error(run(plan(place)), 1, {"pi.json", "device record"});
}

ProgramSettings own_measurements(const Workplace& place) {
  return {.environment = {"IONLOOM_MEASUREMENTS=" + (place / "own/measurements.sqlite")}};
}

TEST(Devices, records_are_taken_shown_and_removed) {
  const Workplace place(sample(glucose_pixels()));
  put(place / "pi.json", record("pi", 8));
  const ProgramSettings own = own_measurements(place);
  const Finished added =
      run({"devices", "add", "--from", place / "pi.json", "--up", "20", "--latency", "12"}, own);
  EXPECT_EQ(added.exit_code, 0) << added.err;
  const Finished shown = run({"devices", "list"}, own);
  EXPECT_NE(shown.out.find("pi"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("20 Mb/s up"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("annotate 8"), std::string::npos) << shown.out;
  const Json json = Json::parse(run({"devices", "list", "--json"}, own).out, nullptr, false);
  EXPECT_EQ(json[0]["kappa"]["annotate"], 8);
  EXPECT_DOUBLE_EQ(json[0]["link"]["up_bytes_s"][0], 2.5e6);
  EXPECT_EQ(run({"devices", "remove", "pi"}, own).exit_code, 0);
  expect_error(run({"devices", "remove", "pi"}, own), 2, {"\"pi\" is not known"});
}

TEST(Devices, a_machine_that_was_not_measured_has_no_record) {
  const Workplace place(sample(glucose_pixels()));
  expect_error(run({"devices", "add"}, own_measurements(place)), 2, {"ionloom calibrate"});
}

TEST(Devices, the_record_of_this_machine_holds_what_a_run_of_it_measured) {
  const Workplace place(sample(glucose_pixels()));
  ProgramSettings own = own_measurements(place);
  own.environment.emplace_back("IONLOOM_DEVICE=bench");
  // A run of this sample is too short to tell a kappa from.
  Json one = {{"stage", "ions"},        {"device", "bench native x1"},
              {"dataset", "d"},         {"active_tasks", 1},
              {"start_up_s", 0},        {"compute_s", 9},
              {"read", nullptr},        {"write", nullptr},
              {"peak_memory_bytes", 0}, {"memory_bound_bytes", 0},
              {"recorded_unix_s", 1},   {"counts", {{"formulas", 1e4}, {"ions", 2e5}}}};
  put(place / "runs.jsonl", "{\"ionloom_measurements\":1}\n" + one.dump() + "\n");
  ASSERT_EQ(run({"models", "import", place / "runs.jsonl"}, own).exit_code, 0);
  const Finished added = run({"devices", "add", "--json"}, own);
  ASSERT_EQ(added.exit_code, 0) << added.err;
  const Json json = Json::parse(added.out, nullptr, false);
  EXPECT_EQ(json["name"], "bench");
  ASSERT_TRUE(json["kappa"].contains("ions"));
  EXPECT_GT(json["kappa"]["ions"], 10);
  EXPECT_FALSE(json["kappa"].contains("annotate"));
  EXPECT_GT(json["memory_bytes"], 1e8);
  EXPECT_EQ(run({"devices", "check", "bench"}, own).exit_code, 0);
  // Another machine's record is told apart.
  put(place / "pi.json", record("pi", 8));
  expect_error(run({"devices", "check", place / "pi.json"}, own), 1, {"not this machine"});
}

}  // namespace
}  // namespace ionloom::app::testing
