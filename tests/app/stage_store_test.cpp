// `annotate --store URL`: the same results through every store, nothing left there unless asked
// for, and stores that are wrong, absent, or gone in the middle.

#include <algorithm>
#include <chrono>
#include <csignal>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "geds/geds_cluster.h"
#include "results_snapshot.h"
#include "small_run.h"
#include "store/support/s3_server.h"

namespace ionloom::app::testing {
namespace {

namespace fs = std::filesystem;

using store::test_support::S3Server;

/// Objects below a folder of a file: store, by their names.
Words objects_in(const fs::path& folder) {
  Words names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).string();
    if (entry.is_regular_file() && !name.starts_with(".")) names.push_back(name);
  }
  return names;
}

/// Fails the test unless the run ended with exit 4 and one line that says first which store it was.
void expect_store_failure(const Finished& finished, const std::string& url) {
  EXPECT_EQ(finished.exit_code, 4) << finished.err;
  const std::string sentence = "error: " + url + ": the store cannot be used: ";
  EXPECT_TRUE(finished.err.starts_with(sentence)) << finished.err;
  EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
}

/// Fails the test unless the run ended with exit 4 and a sentence that begins with its store.
void expect_store_died(const Finished& finished, const std::string& url) {
  EXPECT_EQ(finished.exit_code, 4) << finished.err;
  EXPECT_NE(finished.err.find("\nerror: " + url + ": "), std::string::npos) << finished.err;
}

/// A dataset of some thousand ions, and runs of it.
class StoredRun : public ::testing::Test {
 protected:
  Words arguments(const Words& more, const std::string& threads = "2") const {
    Words words = {"annotate",    dataset_.string(),
                   "--molecules", IONLOOM_DEMO_MOLECULES,
                   "--targeted",  "no",
                   "--decoys",    "2",
                   "--threads",   threads,
                   "--output",    (folder_ / "out").string(),
                   "--force",     "--no-pattern-cache"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  Finished annotate(const Words& more, const Words& environment = {},
                    const std::string& threads = "2") const {
    return run(arguments(more, threads), {.environment = environment});
  }

  ResultsSnapshot results(const Words& more, const Words& environment = {},
                          const std::string& threads = "2") const {
    const Finished done = annotate(more, environment, threads);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return results_in(folder_ / "out");
  }

  nlohmann::json record() const {
    return nlohmann::json::parse(content_of(folder_ / "out/run.json"));
  }

  std::string file_url() const { return "file:" + (folder_ / "store").string(); }

  /// Takes the results of a run without a store for those to compare with.
  ResultsSnapshot without() const { return results({}); }

  /// A run that is stopped in its middle, long enough for that.
  Words long_run(const std::string& url) const {
    Words words = arguments({"--store", url, "--remove-objects", "--images", "none"});
    words[static_cast<std::size_t>(std::ranges::find(words, "--decoys") - words.begin()) + 1] =
        "80";
    return words;
  }

  ScratchFolder folder_;
  fs::path dataset_ = simulated(folder_);
};

void expect_traffic(const nlohmann::json& record, const std::string& url) {
  EXPECT_EQ(record["store"]["url"], url);
  EXPECT_EQ(record["store"]["objects"], "removed");
  for (const auto& stage : record["stages"]) {
    EXPECT_GT(stage["store_put_bytes"], 0) << stage;
    EXPECT_GT(stage["store_got_bytes"], 0) << stage;
  }
  EXPECT_EQ(record["stages"][0]["name"], "index");
}

TEST_F(StoredRun, gives_the_same_bytes_through_memory_and_files_and_leaves_nothing) {
  const ResultsSnapshot plain = without();
  EXPECT_GT(plain.size(), 20U) << "few images";
  EXPECT_TRUE(record()["store"].is_null());
  const std::string shared = fmt::format("/dev/shm/ionloom-test-{}", ::getpid());
  for (const std::string& url : {std::string("memory:"), file_url(), "shared:" + shared}) {
    expect_same_results(plain, results({"--store", url, "--remove-objects"}));
    expect_traffic(record(), url);
  }
  EXPECT_EQ(objects_in(folder_ / "store"), Words{});
  EXPECT_EQ(objects_in(shared), Words{});
  fs::remove_all(shared);

  if (IONLOOM_WITH_WASM) {
    expect_same_results(plain,
                        results({"--store", file_url(), "--remove-objects", "--runtime", "wasm"}));
    EXPECT_EQ(record()["parameters"]["runtime"]["value"], "wasm");
  }
}

TEST_F(StoredRun, gives_the_same_bytes_through_geds_and_leaves_nothing) {
  const ResultsSnapshot plain = without();
  geds::GedsCluster cluster;
  const auto one = cluster.node();
  const auto two = cluster.node();
  const std::string url = "geds://" + cluster.server().address().text() + "/study/today";
  expect_same_results(plain, results({"--store", url, "--remove-objects"}));
  expect_traffic(record(), url);
  const auto left = cluster.metadata().list({"study", ""}, '\0');
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_TRUE(left->objects.empty());
}

TEST_F(StoredRun, gives_the_same_bytes_through_s3_and_leaves_nothing) {
  const S3Server s3;
  if (!s3.absence().empty()) GTEST_SKIP() << s3.absence();
  const ResultsSnapshot plain = without();
  const std::string url =
      "s3://store-test/a/prefix?region=us-east-1&endpoint=http://" + s3.endpoint();
  const Words keys = {std::string("AWS_ACCESS_KEY_ID=") + S3Server::kAccessKey,
                      std::string("AWS_SECRET_ACCESS_KEY=") + S3Server::kSecretKey};
  expect_same_results(plain, results({"--store", url, "--remove-objects"}, keys));
  expect_traffic(record(), url);
  EXPECT_EQ(objects_in(s3.bucket_folder()), Words{});
}

TEST_F(StoredRun, uses_what_an_earlier_one_has_kept) {
  const ResultsSnapshot plain = results({"--images", "none"});
  const Words keep = {"--store", file_url(), "--images", "none"};
  const auto with = [&](const Words& more) {
    Words words = keep;
    words.insert(words.end(), more.begin(), more.end());
    return results(words);
  };
  expect_same_results(plain, with({}));
  EXPECT_EQ(record()["store"]["objects"], "kept");
  EXPECT_EQ(record()["store"]["tasks_found"], 0);
  const Words kept = objects_in(folder_ / "store");
  EXPECT_GT(kept.size(), 10U);
  expect_same_results(plain, with({}));
  const std::uint64_t tasks = record()["store"]["tasks_found"];
  EXPECT_GT(tasks, 5U);
  for (const auto& stage : record()["stages"]) EXPECT_EQ(stage["store_put_bytes"], 0) << stage;
  EXPECT_EQ(objects_in(folder_ / "store"), kept);
  // Tasks are the same for any number of threads.
  expect_same_results(plain, results(keep, {}, "3"));
  EXPECT_EQ(record()["store"]["tasks_found"], tasks);
  for (const auto& stage : record()["stages"]) EXPECT_EQ(stage["store_put_bytes"], 0) << stage;
  with({"--ppm", "2"});
  EXPECT_GT(record()["store"]["tasks_found"], 1U);
  EXPECT_LT(record()["store"]["tasks_found"], tasks);
  // One that keeps nothing looks for nothing, and removes nothing but its own.
  const Words more = objects_in(folder_ / "store");
  expect_same_results(plain,
                      results({"--store", file_url(), "--remove-objects", "--images", "none"}));
  EXPECT_EQ(record()["store"]["tasks_found"], 0);
  EXPECT_EQ(objects_in(folder_ / "store"), more);
}

TEST_F(StoredRun, makes_a_kept_object_again_that_was_damaged_at_its_end) {
  const Words keep = {"--store", file_url(), "--images", "none"};
  const ResultsSnapshot first = results(keep);
  for (const std::string& name : objects_in(folder_ / "store")) {
    const fs::path path = folder_ / "store" / name;
    std::string bytes = content_of(path);
    if (!name.ends_with("metrics")) continue;
    fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
    bytes[bytes.size() / 2] ^= 1;
    put(path, bytes);
  }
  expect_same_results(first, results(keep));
  EXPECT_GT(record()["stages"][4]["store_put_bytes"], 0) << "annotate was done again";
}

TEST_F(StoredRun, is_refused_where_the_url_is_none_before_anything_is_read) {
  fs::remove(dataset_);
  for (const std::string url : {"ftp://somewhere", "file:relative", "s3://", "store", "memory:x",
                                "geds://nowhere", "geds://127.0.0.1:4381/B?node=x", ""}) {
    expect_error(annotate({"--store=" + url}), 2, {url, url.starts_with("geds") ? "geds://" : ""});
  }
  expect_error(annotate({"--remove-objects"}), 2, {"--remove-objects", "--store"});
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(StoredRun, is_refused_where_the_store_cannot_be_reached_before_anything_is_read) {
  fs::remove(dataset_);
  const auto start = std::chrono::steady_clock::now();
  // Port 1 of this machine: nobody listens there.
  const std::string geds = "geds://127.0.0.1:1/study";
  expect_store_failure(annotate({"--store", geds}), geds);
  {
    geds::GedsCluster without_nodes;
    const std::string url = "geds://" + without_nodes.server().address().text() + "/study";
    expect_store_failure(annotate({"--store", url}), url);
  }
  put(folder_ / "file", "");
  expect_error(annotate({"--store", "file:" + (folder_ / "file/store").string()}), 1,
               {(folder_ / "file/store").string()});
  const Words keys = {"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b"};
  const std::string s3 = "s3://bucket/prefix?region=us-east-1&endpoint=http://127.0.0.1:1";
  expect_store_failure(annotate({"--store", s3}, keys), s3);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(StoredRun, is_refused_where_the_bucket_is_missing_or_the_key_wrong) {
  const S3Server s3;
  if (!s3.absence().empty()) GTEST_SKIP() << s3.absence();
  fs::remove(dataset_);
  const std::string behind = "?region=us-east-1&endpoint=http://" + s3.endpoint();
  const std::string key = std::string("AWS_ACCESS_KEY_ID=") + S3Server::kAccessKey;
  const std::string missing = "s3://no-such-bucket/p" + behind;
  expect_store_failure(annotate({"--store", missing}, {key, std::string("AWS_SECRET_ACCESS_KEY=") +
                                                                S3Server::kSecretKey}),
                       missing);
  const std::string closed = "s3://store-test/p" + behind;
  expect_store_failure(annotate({"--store", closed}, {key, "AWS_SECRET_ACCESS_KEY=wrong"}), closed);
  EXPECT_EQ(objects_in(s3.bucket_folder()), Words{});
}

TEST_F(StoredRun, ends_with_a_sentence_when_its_store_dies) {
  geds::GedsCluster cluster;
  auto node = cluster.node();
  const std::string url = "geds://" + cluster.server().address().text() + "/study";
  Program program(long_run(url));
  program.wait_for("ingest");
  node->stop();
  node.reset();
  const auto died = std::chrono::steady_clock::now();
  expect_store_died(program.finish(), url);
  EXPECT_LT(std::chrono::steady_clock::now() - died, std::chrono::seconds(30));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(StoredRun, ends_with_a_sentence_when_its_metadata_server_dies) {
  geds::GedsCluster cluster;
  auto node = cluster.node();
  const std::string url = "geds://" + cluster.server().address().text() + "/study";
  Program program(long_run(url));
  program.wait_for("ingest");
  cluster.stop_server();
  const auto died = std::chrono::steady_clock::now();
  expect_store_died(program.finish(), url);
  EXPECT_LT(std::chrono::steady_clock::now() - died, std::chrono::seconds(30));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(StoredRun, ends_with_a_sentence_when_s3_dies) {
  S3Server s3;
  if (!s3.absence().empty()) GTEST_SKIP() << s3.absence();
  const std::string url = "s3://store-test/p?region=us-east-1&endpoint=http://" + s3.endpoint();
  Program program(long_run(url),
                  {.environment = {std::string("AWS_ACCESS_KEY_ID=") + S3Server::kAccessKey,
                                   std::string("AWS_SECRET_ACCESS_KEY=") + S3Server::kSecretKey}});
  program.wait_for("ingest");
  s3.kill();
  const auto died = std::chrono::steady_clock::now();
  expect_store_died(program.finish(), url);
  EXPECT_LT(std::chrono::steady_clock::now() - died, std::chrono::seconds(60));
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(StoredRun, removes_its_objects_when_it_is_stopped_or_fails) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Program program(long_run(file_url()));
    program.wait_for("ingest");
    EXPECT_NE(objects_in(folder_ / "store"), Words{});
    program.send(signal);
    expect_error(program.finish(), 130, {"stopped on request"});
    EXPECT_EQ(objects_in(folder_ / "store"), Words{});
  }
  put(folder_ / "far.tsv", "id\tname\tformula\nP\tfar away\tC900H1802\n");
  expect_error(run({"annotate", dataset_.string(), "-m", (folder_ / "far.tsv").string(), "-o",
                    (folder_ / "out").string(), "--store", file_url(), "--remove-objects"}),
               1, {"none of"});
  EXPECT_EQ(objects_in(folder_ / "store"), Words{});
}

TEST_F(StoredRun, that_was_killed_leaves_what_the_next_one_removes) {
  const ResultsSnapshot plain = results({"--images", "none"});
  fs::remove_all(folder_ / "out");
  {
    Program program(long_run(file_url()));
    program.wait_for("ingest");
    program.send(SIGKILL);
    EXPECT_EQ(program.finish().exit_code, -SIGKILL);
  }
  EXPECT_NE(objects_in(folder_ / "store"), Words{});
  expect_same_results(plain,
                      results({"--store", file_url(), "--remove-objects", "--images", "none"}));
  EXPECT_EQ(objects_in(folder_ / "store"), Words{});
}

TEST_F(StoredRun, that_was_killed_while_it_kept_objects_misleads_no_other) {
  const ResultsSnapshot plain = results({"--images", "none"});
  fs::remove_all(folder_ / "out");
  for (const char* stage : {"ingest", "patterns"}) {
    Words words = arguments({"--store", file_url()});
    Program program(words);
    program.wait_for(stage);
    program.send(SIGKILL);
    program.finish();
  }
  expect_same_results(plain, results({"--store", file_url(), "--images", "none"}));
}

TEST_F(StoredRun, is_planned_with_the_memory_that_a_store_takes) {
  const Workplace place(imzml::testing::sample(glucose_pixels()));
  place.expect_refused(3, {"annotating needs", "only 60 MB may be used"},
                       {"--store", "memory:", "--memory", "60M"});
}

}  // namespace
}  // namespace ionloom::app::testing
