#include "tasks/ranking_object.h"

#include <algorithm>
#include <string>

namespace ionloom::tasks {
namespace {

template <class Row, class Value>
std::vector<Value> column_of(std::span<const Row> rows, Value Row::*member) {
  std::vector<Value> column;
  column.reserve(rows.size());
  for (const Row& row : rows) column.push_back(row.*member);
  return column;
}

template <class Row>
std::vector<std::uint32_t> ions_of(std::span<const Row> rows,
                                   std::span<const stages::MeasuredIon> measured) {
  std::vector<std::uint32_t> ions;
  ions.reserve(rows.size());
  for (const Row& row : rows) ions.push_back(measured[row.measured].ion);
  return ions;
}

/// Sets the rows' places among the measured ions.
template <class Row>
Result<void> find_ions(std::span<const std::uint32_t> ions,
                       std::span<const stages::MeasuredIon> measured, std::vector<Row>& rows) {
  for (std::size_t i = 0; i < ions.size(); ++i) {
    const auto found = std::ranges::lower_bound(measured, ions[i], {}, &stages::MeasuredIon::ion);
    if (found == measured.end() || found->ion != ions[i]) {
      return data_error({}, "ion " + std::to_string(ions[i]) + " was ranked but not measured");
    }
    rows[i].measured = static_cast<std::uint32_t>(found - measured.begin());
  }
  return {};
}

}  // namespace

Result<void> write_ranking(TaskIo& io, std::uint32_t output,
                           std::span<const stages::RankedIon> ranked,
                           std::span<const stages::MeasuredIon> measured, std::uint64_t features) {
  const auto score = column_of(ranked, &stages::RankedIon::score);
  const auto fdr = column_of(ranked, &stages::RankedIon::fdr);
  const auto formula = column_of(ranked, &stages::RankedIon::formula);
  const auto modifier = column_of(ranked, &stages::RankedIon::modifier);
  const auto ion = ions_of(ranked, measured);
  std::vector<double> feature_fdrs;
  feature_fdrs.reserve(ranked.size() * features);
  for (const stages::RankedIon& row : ranked) {
    feature_fdrs.insert(feature_fdrs.end(), row.feature_fdrs.begin(), row.feature_fdrs.end());
  }
  return write_object(io, output, kRankingKind, {ranked.size(), features, 0, 0},
                      {bytes_of(score), bytes_of(fdr), bytes_of(feature_fdrs), bytes_of(formula),
                       bytes_of(modifier), bytes_of(ion)});
}

Result<void> write_decoy_ranking(TaskIo& io, std::uint32_t output,
                                 std::span<const stages::RankedDecoy> ranked,
                                 std::span<const stages::MeasuredIon> measured) {
  const auto score = column_of(ranked, &stages::RankedDecoy::score);
  const auto formula = column_of(ranked, &stages::RankedDecoy::formula);
  const auto modifier = column_of(ranked, &stages::RankedDecoy::modifier);
  const auto draw = column_of(ranked, &stages::RankedDecoy::draw);
  const auto ion = ions_of(ranked, measured);
  return write_object(
      io, output, kDecoyRankingKind, {ranked.size(), 0, 0, 0},
      {bytes_of(score), bytes_of(formula), bytes_of(modifier), bytes_of(draw), bytes_of(ion)});
}

std::uint64_t write_ranking_memory_bound_bytes(std::uint64_t rows, std::uint64_t features) {
  return rows * ((2 + features) * sizeof(double) + 4 * sizeof(std::uint32_t));
}

Result<std::vector<stages::RankedIon>> decode_ranking(
    std::span<const std::byte> bytes, std::span<const stages::MeasuredIon> measured) {
  auto columns = ObjectColumns::open(bytes, kRankingKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::uint64_t count = columns->count(0);
  const std::uint64_t features = columns->count(1);
  const auto score = columns->next<double>(count);
  const auto fdr = columns->next<double>(count);
  const auto feature_fdrs = columns->next<double>(product(count, features));
  const auto formula = columns->next<std::uint32_t>(count);
  const auto modifier = columns->next<std::uint32_t>(count);
  const auto ion = columns->next<std::uint32_t>(count);
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  std::vector<stages::RankedIon> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto rates = std::span(feature_fdrs).subspan(i * features, features);
    rows[i] = {.formula = formula[i],
               .modifier = modifier[i],
               .score = score[i],
               .fdr = fdr[i],
               .feature_fdrs = {rates.begin(), rates.end()}};
  }
  if (auto found = find_ions(ion, measured, rows); !found) {
    return std::unexpected(std::move(found.error()));
  }
  return rows;
}

Result<std::vector<stages::RankedDecoy>> decode_decoy_ranking(
    std::span<const std::byte> bytes, std::span<const stages::MeasuredIon> measured) {
  auto columns = ObjectColumns::open(bytes, kDecoyRankingKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::uint64_t count = columns->count(0);
  const auto score = columns->next<double>(count);
  const auto formula = columns->next<std::uint32_t>(count);
  const auto modifier = columns->next<std::uint32_t>(count);
  const auto draw = columns->next<std::uint32_t>(count);
  const auto ion = columns->next<std::uint32_t>(count);
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  std::vector<stages::RankedDecoy> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows[i] = {.formula = formula[i],
               .modifier = modifier[i],
               .draw = draw[i],
               .measured = 0,
               .score = score[i]};
  }
  if (auto found = find_ions(ion, measured, rows); !found) {
    return std::unexpected(std::move(found.error()));
  }
  return rows;
}

}  // namespace ionloom::tasks
