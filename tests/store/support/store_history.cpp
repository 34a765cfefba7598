#include "store/support/store_history.h"

#include <set>

namespace ionloom::store::test_support {
namespace {

constexpr const char* kBucket = "history";

class Comparison {
 public:
  Comparison(ObjectStore& store, const std::vector<std::string>& keys)
      : store_(store), keys_(keys) {}

  void take(const Step& step) {
    const ObjectName name{kBucket, keys_[step.name % keys_.size()]};
    const auto held = model_.find(name.key);
    const bool exists = held != model_.end();
    switch (step.call) {
      case Step::Call::kPut:
        put(name, exists, content(++seed_, step.size));
        break;
      case Step::Call::kAppend:
        append(name, exists, content(++seed_, step.size), 1 + step.offset);
        break;
      case Step::Call::kDropped:
        if (auto writer = store_.create(name)) {
          RC_ASSERT((*writer)->append(bytes_of(content(0, step.size))).has_value());
        }
        break;
      case Step::Call::kStat:
        if (const auto info = found(store_.stat(name), exists)) {
          RC_ASSERT(info->size_bytes == held->second.size());
        }
        break;
      case Step::Call::kGet:
        get(name, exists, step);
        break;
      case Step::Call::kView:
        if (const auto view = found(store_.view(name, {step.offset, step.size}), exists)) {
          RC_ASSERT(text_of(view->bytes()) == part(held->second, step));
        }
        break;
      case Step::Call::kList:
        list(name.key.substr(0, step.size % (name.key.size() + 1)), step.offset % 2 == 0);
        break;
      case Step::Call::kRemove:
        RC_ASSERT(store_.remove(name).has_value() == exists);
        model_.erase(name.key);
        break;
    }
  }

  /// Everything is there, in full.
  void finish() {
    list("", false);
    for (const auto& [key, bytes] : model_) {
      const auto view = store_.view({kBucket, key});
      RC_ASSERT(view.has_value());
      RC_ASSERT(text_of(view->bytes()) == bytes);
    }
    for (const auto& [key, bytes] : model_) RC_ASSERT(store_.remove({kBucket, key}).has_value());
  }

 private:
  template <class T>
  static std::optional<T> found(const Outcome<T>& answer, bool exists) {
    RC_ASSERT(answer.has_value() == exists);
    if (answer) return *answer;
    RC_ASSERT(answer.error().code == FailureCode::kNotFound);
    return std::nullopt;
  }

  static std::string part(const std::string& bytes, const Step& step) {
    return step.offset >= bytes.size() ? "" : bytes.substr(step.offset, step.size);
  }

  void put(const ObjectName& name, bool exists, std::string bytes) {
    const auto done = store_.put(name, bytes_of(bytes));
    RC_ASSERT(done.has_value() != exists);
    if (done) {
      RC_ASSERT(done->size_bytes == bytes.size());
      model_[name.key] = std::move(bytes);
    } else {
      RC_ASSERT(done.error().code == FailureCode::kExists);
    }
  }

  void append(const ObjectName& name, bool exists, std::string bytes, std::size_t piece) {
    auto writer = store_.create(name);
    RC_ASSERT(writer.has_value() != exists);
    if (!writer) return;
    for (auto rest = bytes_of(bytes); !rest.empty(); piece = piece * 2 + 1) {
      const auto next = rest.first(std::min(piece, rest.size()));
      RC_ASSERT((*writer)->append(next).has_value());
      rest = rest.subspan(next.size());
    }
    RC_ASSERT(!store_.stat(name).has_value());
    RC_ASSERT((*writer)->seal().has_value());
    RC_ASSERT((*writer)->seal().error().code == FailureCode::kSealed);
    RC_ASSERT((*writer)->append(bytes_of("more")).error().code == FailureCode::kSealed);
    model_[name.key] = std::move(bytes);
  }

  void get(const ObjectName& name, bool exists, const Step& step) {
    std::string into(step.size, '\0');
    const auto count =
        found(store_.get(name, step.offset, std::as_writable_bytes(std::span(into))), exists);
    if (!count) return;
    into.resize(*count);
    RC_ASSERT(into == part(model_[name.key], step));
  }

  void list(const std::string& prefix, bool by_folder) {
    ListQuery query{.bucket = kBucket, .prefix = prefix, .delimiter = std::nullopt};
    if (by_folder) query.delimiter = '/';
    Listing expected;
    std::set<std::string> prefixes;
    for (const auto& [key, bytes] : model_) {
      if (!key.starts_with(prefix)) continue;
      const auto slash = by_folder ? key.find('/', prefix.size()) : std::string::npos;
      if (slash == std::string::npos) {
        expected.objects.push_back({key, bytes.size()});
      } else {
        prefixes.insert(key.substr(0, slash + 1));
      }
    }
    expected.common_prefixes.assign(prefixes.begin(), prefixes.end());
    const auto listing = store_.list(query);
    RC_ASSERT(listing.has_value());
    RC_ASSERT(*listing == expected);
  }

  ObjectStore& store_;
  const std::vector<std::string>& keys_;
  std::map<std::string, std::string> model_;
  std::uint64_t seed_ = 0;
};

}  // namespace

rc::Gen<std::vector<Step>> histories(std::uint32_t largest_bytes) {
  const auto call =
      rc::gen::map(rc::gen::inRange(0, 8), [](int n) { return static_cast<Step::Call>(n); });
  // Sizes of all orders of magnitude, up to the largest.
  const auto size = rc::gen::map(
      rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, largest_bytes + 1),
                    rc::gen::inRange<std::uint32_t>(0, 24)),
      [](const std::pair<std::uint32_t, std::uint32_t>& p) { return p.first >> p.second; });
  const auto step =
      rc::gen::build<Step>(rc::gen::set(&Step::call, call),
                           rc::gen::set(&Step::name, rc::gen::inRange<std::uint32_t>(0, 1000)),
                           rc::gen::set(&Step::size, size), rc::gen::set(&Step::offset, size));
  return rc::gen::container<std::vector<Step>>(step);
}

void expect_answers_of_a_map(ObjectStore& store, const std::vector<Step>& history,
                             const std::vector<std::string>& keys) {
  Comparison comparison(store, keys);
  for (const Step& step : history) comparison.take(step);
  comparison.finish();
}

std::vector<std::string> awkward_keys() {
  return {"a",
          "a/b",
          "a/b/c",
          "a+/b",
          "a+",
          "a~b",
          "a//b",
          "%2B",
          ".hidden",
          "a/.b",
          "a b",
          "a/_$folder$",
          "\xc3\xa9",
          std::string(300, 'x'),
          std::string(66, 'y'),
          std::string(67, 'y')};
}

}  // namespace ionloom::store::test_support
