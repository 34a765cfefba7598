#include "app/self_test.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include "app/child_run.h"
#include "app/demo_list.h"
#include "app/interruption.h"
#include "app/seconds_since.h"
#include "chem/formula.h"
#include "chem/molecule_list.h"
#include "files/output_file.h"
#include "plan/measurements_file.h"
#include "report/folder_lock.h"

namespace ionloom::app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Where a disk's moods do not count, if it has the space. Containers often give it 64 MB.
constexpr const char* kMemoryFolder = "/dev/shm";
/// More than twice what the datasets and the last results of a self-test take.
constexpr std::uintmax_t kSpace_bytes = 256'000'000;
/// A stage that takes less cannot be told from what else a process does.
constexpr double kLongEnough_s = 0.05;
constexpr int kMostRepeats = 5;
/// Of a thorough test, with which others are compared stage by stage and size by size.
constexpr double kThoroughLongEnough_s = 0.001;
/// Of a stage that always takes less those are kept that take so much of the longest at least: its
/// repeats.
constexpr double kOfLongest = 0.5;
constexpr int kThoroughRepeats = 3;
/// Of a way's time: what is left for repeats once the size is chosen, and for all threads.
constexpr double kForGrowing = 0.6;
constexpr double kForOneThread = 0.85;

/// A simulated dataset: pixels to a side, peaks of the median pixel, and lines of the list.
struct Size {
  const char* name;
  int side;
  int peaks;
  std::size_t formulas;
  int chains;  ///< of so many lengths are put on each
  /// How much longer than in the size before stages take that grow with ions, and all else.
  double growth_of_ions;
  double growth_of_peaks;
};
constexpr std::size_t kAll = 100'000;
// Slow devices get fewer formulas, not fewer peaks: of a stage that takes under some 10 ms on the
// reference, that does not tell what it takes for large data.
constexpr std::array kSizes = {
    Size{"few", 48, 400, 100, 0, 1, 1}, Size{"middle", 48, 400, kAll, 0, 5, 1},
    Size{"large", 64, 1000, kAll, 0, 1.5, 4.5}, Size{"many", 64, 1000, kAll, 4, 4, 1}};

bool grows_with_ions(plan::Stage stage) {
  return stage == plan::Stage::kIons || stage == plan::Stage::kPatterns ||
         stage == plan::Stage::kAnnotate || stage == plan::Stage::kRank;
}

constexpr std::string_view kFolderName = "ionloom-calibrate-";

/// What was changed since then may be somebody's who has not locked it yet, or an older ionloom's.
constexpr std::chrono::hours kLeftFor{1};

/// Removes what self-tests left that were killed: their folders are nobody's any more.
void remove_leftovers(const fs::path& parent) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator it(parent, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename().string().starts_with(kFolderName)) folders.push_back(it->path());
  }
  for (const fs::path& folder : folders) {
    const auto changed = fs::last_write_time(folder, error);
    if (error || fs::file_time_type::clock::now() - changed < kLeftFor) continue;
    if (report::FolderLock::try_take(folder)) fs::remove_all(folder, error);
  }
}

/// A folder that goes away with this.
class TemporaryFolder {
 public:
  [[nodiscard]] static Result<TemporaryFolder> create() {
    std::error_code error;
    const auto space = fs::space(kMemoryFolder, error);
    if (!error && space.available >= kSpace_bytes) {
      if (auto folder = create_in(kMemoryFolder)) return folder;
    }
    return create_in(fs::temp_directory_path(error));
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  [[nodiscard]] static Result<TemporaryFolder> create_in(const fs::path& parent) {
    remove_leftovers(parent);
    std::string path = (parent / (std::string(kFolderName) + "XXXXXX")).string();
    if (::mkdtemp(path.data()) != nullptr) return TemporaryFolder(path);
    return data_error(path, fmt::format("a folder for temporary files cannot be made: {}",
                                        std::generic_category().message(errno)));
  }
  explicit TemporaryFolder(fs::path path)
      : path_(std::move(path)), lock_(report::FolderLock::try_take(path_)) {}

  fs::path path_;
  std::optional<report::FolderLock> lock_;
};

/// The first molecules of the demo list, and the same with chains of so many lengths on them: for
/// machines to which the list itself is no work.
std::string molecules_of(const Size& size) {
  std::string text = "id\tformula\n";
  const auto demo = chem::parse_molecule_list(std::string(demo_list()), "demo", "demo list");
  if (!demo) return text;  // it is ours
  const chem::Composition link = *chem::ion_composition("CH2");
  constexpr int kChain = 7;  // CH2, more than the list's molecules differ by
  for (std::size_t i = 0; i < std::min(size.formulas, demo->formulas.size()); ++i) {
    for (int chain = 0; chain <= size.chains; ++chain) {
      auto molecule = chem::ion_composition(demo->formulas[i]);
      if (!molecule) continue;
      for (const auto& [element, count] : link.entries()) {
        molecule->add(element, count * kChain * chain);
      }
      const std::string formula = chem::ion_formula_text(*molecule);
      text += fmt::format("{}-{}\t{}\n", formula, i, formula);
    }
  }
  return text;
}

/// A way of running, with annotate's arguments for it.
struct Way {
  std::string runtime;
  std::vector<std::string> arguments{};
};

/// Of a runtime. Natively, stages on threads and tasks are not alike: tasks, which runs over sites
/// are made of, read peaks from objects. WebAssembly has tasks alone.
std::vector<Way> ways_of(const std::string& runtime) {
  std::vector<Way> ways = {{runtime}};
  if (runtime == "native") ways.push_back({runtime, {"--store", "memory:"}});
  return ways;
}

/// Runs on simulated data, whose measurements go to a file of their own.
class TestRuns {
 public:
  /// @param shown_s  progress is that of so many seconds; absent: of runs
  TestRuns(const TemporaryFolder& folder, const std::string& device, exec::Progress& progress,
           std::optional<double> shown_s)
      : folder_(folder), device_(device), progress_(progress), shown_s_(shown_s) {}

  [[nodiscard]] Result<void> simulate(const Size& size) const {
    std::error_code error;
    const std::string list = path_of(size, ".tsv");
    if (fs::exists(list, error)) return {};
    if (auto made = files::write_file(list, molecules_of(size)); !made) return made;
    return run_self({"simulate", "-m", list, "-o", path_of(size, ""), "--width",
                     std::to_string(size.side), "--height", std::to_string(size.side), "--coverage",
                     "1", "--peaks-per-pixel", std::to_string(size.peaks)},
                    {}, folder_ / "log");
  }

  /// The results of a run take the place of the last one's: they may lie in memory.
  [[nodiscard]] Result<void> annotate(const Size& size, const Way& way, unsigned threads) {
    if (interrupted()) return fail(ErrorCode::kInterrupted, {}, "stopped on request");
    ++runs_;
    std::vector<std::string> words = {"annotate",
                                      path_of(size, ".imzML"),
                                      "-m",
                                      path_of(size, ".tsv"),
                                      "-o",
                                      (folder_ / "out").string(),
                                      "--force",
                                      "--targeted",
                                      "no",
                                      "--runtime",
                                      way.runtime,
                                      "--threads",
                                      std::to_string(threads),
                                      "--no-pattern-cache"};
    words.insert(words.end(), way.arguments.begin(), way.arguments.end());
    auto done =
        run_self(words,
                 {"IONLOOM_DEVICE=" + device_, "IONLOOM_MEASUREMENTS=" + measurements().string(),
                  "IONLOOM_PACE=" + (folder_ / "pace").string()},
                 folder_ / "log");
    tell();
    return done;
  }

  /// What the last run spent in stages that grow with ions, seconds.
  [[nodiscard]] double last_on_ions_s() const {
    const auto file = plan::MeasurementsFile::open(measurements());
    const auto all = file ? file->all() : Result<std::vector<plan::Measurement>>();
    if (!all) return 0;  // whoever needs them tells
    double seconds = 0;
    std::array<bool, plan::kStages.size()> seen{};
    for (std::size_t i = all->size(); i-- > 0;) {
      const plan::Measurement& one = (*all)[i];
      if (std::exchange(seen[static_cast<std::size_t>(one.stage)], true)) break;
      if (grows_with_ions(one.stage)) seconds += one.compute_s;
    }
    return seconds;
  }

  [[nodiscard]] fs::path measurements() const { return folder_ / "measurements.sqlite"; }
  [[nodiscard]] int runs() const { return runs_; }

 private:
  [[nodiscard]] std::string path_of(const Size& size, const char* ending) const {
    return (folder_ / (std::string(size.name) + ending)).string();
  }

  void tell() {
    const auto now =
        shown_s_ ? static_cast<int>(std::min(seconds_since(start_), *shown_s_)) : runs_;
    progress_.advance(static_cast<std::uint64_t>(now - std::exchange(told_, now)));
  }

  const TemporaryFolder& folder_;
  const std::string& device_;
  exec::Progress& progress_;
  std::optional<double> shown_s_;
  Clock::time_point start_ = Clock::now();
  int runs_ = 0;
  int told_ = 0;
};

/// The largest size whose run should be over in the time that is left, by what the last one took;
/// the number of sizes: none.
std::size_t largest_within(double left_s, std::size_t last, double ions_s, double all_s) {
  std::size_t found = kSizes.size();
  double peaks_s = all_s - ions_s;
  for (std::size_t size = last + 1; size < kSizes.size(); ++size) {
    ions_s *= kSizes[size].growth_of_ions;
    peaks_s *= kSizes[size].growth_of_peaks;
    if (ions_s + peaks_s <= left_s) found = size;
  }
  return found;
}

unsigned cores_here() {
  return std::max(1U, std::thread::hardware_concurrency());
}

/// One way of running, within its time: sizes that grow, then the largest again for which there is
/// time, then threads.
Result<void> test_way(TestRuns& runs, const Way& way, double budget_s) {
  const auto start = Clock::now();
  std::array<double, kSizes.size()> took_s{};  // without what simulating takes
  std::size_t largest = 0;
  for (std::size_t next = 0; next < kSizes.size();) {
    const auto begin = Clock::now();
    largest = next;
    if (auto made = runs.simulate(kSizes[next]); !made) return made;
    const auto simulated = Clock::now();
    if (auto done = runs.annotate(kSizes[next], way, 1); !done) return done;
    took_s[next] = seconds_since(simulated);
    next = largest_within(kForGrowing * budget_s - seconds_since(start), largest,
                          runs.last_on_ions_s(), seconds_since(begin));
  }
  std::size_t size = largest;
  for (int repeat = 0; repeat < kMostRepeats; ++repeat) {
    const double left_s = kForOneThread * budget_s - seconds_since(start);
    while (size > 0 && (took_s[size] == 0 || took_s[size] > left_s)) --size;
    if (took_s[size] > left_s) break;
    if (auto done = runs.annotate(kSizes[size], way, 1); !done) return done;
  }
  // What small data take on many threads tells nothing of large ones.
  const unsigned cores = cores_here();
  for (int repeat = 0; cores > 1 && repeat < kMostRepeats; ++repeat) {
    if (seconds_since(start) + took_s[largest] > budget_s) break;
    if (auto done = runs.annotate(kSizes[largest], way, cores); !done) return done;
  }
  return {};
}

/// One way of running: every size on one thread, the largest on all as well.
Result<void> test_way_thoroughly(TestRuns& runs, const Way& way, unsigned cores) {
  for (const Size& size : kSizes) {
    if (auto made = runs.simulate(size); !made) return made;
    for (int repeat = 0; repeat < kThoroughRepeats; ++repeat) {
      if (auto done = runs.annotate(size, way, 1); !done) return done;
    }
  }
  for (int repeat = 0; cores > 1 && repeat < kThoroughRepeats; ++repeat) {
    if (auto done = runs.annotate(kSizes.back(), way, cores); !done) return done;
  }
  return {};
}

Result<void> test_ways(TestRuns& runs, const std::vector<Way>& ways,
                       std::optional<double> budget_s) {
  const auto start = Clock::now();
  for (std::size_t i = 0; i < ways.size(); ++i) {
    // What one way leaves goes to the others.
    const double left_s = budget_s.value_or(0) - seconds_since(start);
    auto done = budget_s ? test_way(runs, ways[i], left_s / static_cast<double>(ways.size() - i))
                         : test_way_thoroughly(runs, ways[i], cores_here());
    if (!done) return done;
  }
  return {};
}

}  // namespace

std::vector<plan::Measurement> long_enough(const std::vector<plan::Measurement>& all,
                                           double least_s) {
  std::map<std::pair<plan::Stage, std::string>, double> longest_s;
  for (const plan::Measurement& one : all) {
    double& longest = longest_s[{one.stage, one.device}];
    if (plan::is_usable(one)) longest = std::max(longest, one.compute_s);
  }
  std::vector<plan::Measurement> kept;
  std::ranges::copy_if(all, std::back_inserter(kept), [&](const plan::Measurement& one) {
    const double least = std::min(least_s, kOfLongest * longest_s[{one.stage, one.device}]);
    return plan::is_usable(one) && one.compute_s >= least;
  });
  return kept;
}

Result<SelfTest> test_stages(const std::string& device, const std::vector<std::string>& runtimes,
                             std::optional<double> budget_s, exec::Progress& progress) {
  auto folder = TemporaryFolder::create();
  if (!folder) return std::unexpected(folder.error());
  TestRuns runs(*folder, device, progress, budget_s);
  std::vector<Way> ways;
  for (const std::string& runtime : runtimes) {
    std::ranges::move(ways_of(runtime), std::back_inserter(ways));
  }
  if (budget_s) {
    progress.begin("self-test", "s", static_cast<std::uint64_t>(*budget_s));
  } else {
    const std::size_t of_a_way = kSizes.size() + (cores_here() > 1 ? 1 : 0);
    progress.begin("self-test", "runs", ways.size() * of_a_way * kThoroughRepeats);
  }
  if (auto done = test_ways(runs, ways, budget_s); !done) return std::unexpected(done.error());
  progress.end();
  const auto file = plan::MeasurementsFile::open(runs.measurements());
  if (!file) return std::unexpected(file.error());
  const auto all = file->all();
  if (!all) return std::unexpected(all.error());
  return SelfTest{
      .measurements = long_enough(*all, budget_s ? kLongEnough_s : kThoroughLongEnough_s),
      .runs = runs.runs()};
}

}  // namespace ionloom::app
