// Portfolios are priced in chunks of fixed size, whose compensated sums are added in the order of
// the chunks: neither threads nor their blocks can change a bit of a total.
#include "strikeproof/portfolio.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "strikeproof/math/compensated_sum.hpp"

namespace strikeproof::portfolio {
namespace {

using math::CompensatedSum;
using Sums = std::array<CompensatedSum, kFigures>;

constexpr std::size_t kChunk = 1024;        // rows priced at once
constexpr std::size_t kTask = 64 * kChunk;  // rows of a scenario that one thread takes
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::size_t parts(std::size_t count, std::size_t size) noexcept {
  return (count + size - 1) / size;
}

Column after(const Column& column, std::size_t row) noexcept {
  return {column.data + static_cast<std::ptrdiff_t>(row) * column.step, column.step};
}

black_scholes::Columns after(const black_scholes::Columns& in, std::size_t row) noexcept {
  return {after(in.option_sign, row),    after(in.spot, row), after(in.strike, row),
          after(in.time_to_expiry, row), after(in.rate, row), after(in.dividend_yield, row),
          after(in.volatility, row)};
}

void check_quantities(const Positions& positions, Rows rows, std::uint8_t* status) noexcept {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    if (std::isfinite(positions.quantity[row]) || status[row] != 0) continue;
    status[row] = static_cast<std::uint8_t>(Status::kNonFinite);
  }
}

void price_positions(const Positions& positions, Rows rows, const FigureColumns& out,
                     std::uint8_t* status) noexcept {
  black_scholes::OutputColumns columns{};
  std::copy(out.begin(), out.end(), columns.begin());
  black_scholes::quantities(positions.options, rows, columns, status);
  for (double* const column : out) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      column[row] *= positions.quantity[row];
    }
  }
  check_quantities(positions, rows, status);
}

void add_rows(const FigureColumns& columns, Rows rows, Sums& sums) noexcept {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    for (std::size_t k = 0; k < kFigures; ++k) sums[k].add(columns[k][row]);
  }
}

void add_grouped(const FigureColumns& columns, std::size_t count, const Groups& groups,
                 Figures* totals) {
  std::vector<Sums> sums(groups.count);
  for (std::size_t row = 0; row < count; ++row) {
    Sums& own = sums[groups.codes[row]];
    for (std::size_t k = 0; k < kFigures; ++k) own[k].add(columns[k][row]);
  }
  for (std::size_t group = 0; group < groups.count; ++group) {
    for (std::size_t k = 0; k < kFigures; ++k) totals[group][k] = sums[group][k].value();
  }
}

// The market of one chunk under a shock, and its prices.
class ShockedChunk {
 public:
  // Profit and loss of `rows` positions from `first` on; unshocked prices are at base[row].
  const double* profits(const Positions& positions, const double* base, const Shock& shock,
                        std::size_t first, std::size_t rows) noexcept {
    const black_scholes::Columns in = after(positions.options, first);
    for (std::size_t row = 0; row < rows; ++row) {
      spot_[row] = in.spot[row] * (1.0 + shock.spot_return);
      volatility_[row] = in.volatility[row] + shock.volatility;
      rate_[row] = in.rate[row] + shock.rate;
      yield_[row] = in.dividend_yield[row] + shock.dividend_yield;
      const double left = in.time_to_expiry[row] - shock.elapsed_time;
      time_[row] = left < 0.0 && in.time_to_expiry[row] >= 0.0 ? 0.0 : left;
    }
    black_scholes::price({in.option_sign,
                          {spot_.data(), 1},
                          in.strike,
                          {time_.data(), 1},
                          {rate_.data(), 1},
                          {yield_.data(), 1},
                          {volatility_.data(), 1}},
                         {0, rows}, price_.data(), status_.data());
    for (std::size_t row = 0; row < rows; ++row) {
      price_[row] = positions.quantity[first + row] * (price_[row] - base[first + row]);
    }
    return price_.data();
  }

  [[nodiscard]] const std::uint8_t* status() const noexcept { return status_.data(); }

 private:
  using Values = std::array<double, kChunk>;
  Values spot_{}, volatility_{}, rate_{}, yield_{}, time_{}, price_{};
  std::array<std::uint8_t, kChunk> status_{};
};

// What one thread finds out about some rows of one scenario.
struct Part {
  CompensatedSum sum;
  std::int64_t first_failed = -1;
  std::uint8_t status = 0;
};

// Unshocked prices of all positions, with what is wrong with them.
struct Base {
  std::vector<double> price;
  std::vector<std::uint8_t> status;
};

void note_failure(Part& part, std::uint8_t status, std::size_t row) noexcept {
  if (status == 0 || part.first_failed >= 0) return;
  part.first_failed = static_cast<std::int64_t>(row);
  part.status = status;
}

// Calls take(row, profit) for rows of one scenario, in their order.
template <class Take>
void for_profits(const Positions& positions, const Base& base, const Shock& shock, Rows rows,
                 Part& part, const Take& take) {
  ShockedChunk chunk;
  for (std::size_t first = rows.begin; first < rows.end; first += kChunk) {
    const std::size_t size = std::min(kChunk, rows.end - first);
    const double* const profit = chunk.profits(positions, base.price.data(), shock, first, size);
    for (std::size_t row = 0; row < size; ++row) {
      const std::uint8_t own = base.status[first + row];
      note_failure(part, own != 0 ? own : chunk.status()[row], first + row);
      take(first + row, profit[row]);
    }
  }
}

// One thread's share of the scenarios.
class ScenarioRun {
 public:
  ScenarioRun(const Positions& positions, std::size_t count, const Groups& groups,
              std::span<const Shock> shocks, const ScenarioOutputs& out, const Base& base)
      : positions_(positions),
        count_(count),
        groups_(groups),
        shocks_(shocks),
        out_(out),
        base_(base),
        // sums by group need the rows of a scenario in one hand
        tasks_(groups.codes == nullptr ? std::max<std::size_t>(parts(count, kTask), 1) : 1),
        parts_(shocks.size() * tasks_) {}

  [[nodiscard]] std::size_t tasks() const noexcept { return parts_.size(); }

  void work(std::size_t task) {
    const std::size_t scenario = task / tasks_;
    const std::size_t begin = (task % tasks_) * kTask;
    if (groups_.codes != nullptr) {
      grouped(scenario);
      return;
    }
    Part& part = parts_[task];
    for_profits(positions_, base_, shocks_[scenario], {begin, std::min(count_, begin + kTask)},
                part, [&](std::size_t row, double profit) {
                  part.sum.add(profit);
                  keep(scenario, row, profit);
                });
  }

  void finish() const {
    for (std::size_t scenario = 0; scenario < shocks_.size(); ++scenario) {
      Part whole;
      for (std::size_t k = 0; k < tasks_; ++k) {
        const Part& part = parts_[scenario * tasks_ + k];
        whole.sum.add(part.sum);
        if (whole.first_failed < 0) {
          whole.first_failed = part.first_failed;
          whole.status = part.status;
        }
      }
      if (groups_.codes == nullptr && out_.totals != nullptr) {
        out_.totals[scenario] = whole.first_failed < 0 ? whole.sum.value() : kNaN;
      }
      if (out_.first_failed != nullptr) out_.first_failed[scenario] = whole.first_failed;
      if (out_.status != nullptr) out_.status[scenario] = whole.status;
    }
  }

 private:
  void keep(std::size_t scenario, std::size_t row, double profit) const noexcept {
    if (out_.by_position != nullptr) out_.by_position[scenario * count_ + row] = profit;
  }

  void grouped(std::size_t scenario) {
    std::vector<CompensatedSum> sums(groups_.count);
    for_profits(positions_, base_, shocks_[scenario], {0, count_}, parts_[scenario],
                [&](std::size_t row, double profit) {
                  sums[groups_.codes[row]].add(profit);
                  keep(scenario, row, profit);
                });
    for (std::size_t group = 0; group < groups_.count; ++group) {
      if (out_.totals != nullptr) {
        out_.totals[scenario * groups_.count + group] = sums[group].value();
      }
    }
  }

  const Positions& positions_;
  std::size_t count_;
  const Groups& groups_;
  std::span<const Shock> shocks_;
  const ScenarioOutputs& out_;
  const Base& base_;
  std::size_t tasks_;  // of one scenario
  std::vector<Part> parts_;
};

}  // namespace

bool risk(const Positions& positions, std::size_t count, const Groups& groups,
          const FigureColumns& out, std::uint8_t* status, Figures* totals,
          const Parallel& parallel) {
  std::vector<Sums> chunks(parts(count, kChunk));
  Parallel in_chunks = parallel;
  in_chunks.block_rows = 8 * kChunk;
  const bool finished = for_each_block(count, in_chunks, [&](Rows rows) {
    price_positions(positions, rows, out, status);
    for (std::size_t first = rows.begin; first < rows.end; first += kChunk) {
      add_rows(out, {first, std::min(first + kChunk, rows.end)}, chunks[first / kChunk]);
    }
  });
  if (!finished) return false;
  if (groups.codes != nullptr) {
    add_grouped(out, count, groups, totals);
    return true;
  }
  Sums sums;
  for (const Sums& chunk : chunks) {
    for (std::size_t k = 0; k < kFigures; ++k) sums[k].add(chunk[k]);
  }
  for (std::size_t k = 0; k < kFigures; ++k) (*totals)[k] = sums[k].value();
  return true;
}

bool scenarios(const Positions& positions, std::size_t count, const Groups& groups,
               std::span<const Shock> shocks, const ScenarioOutputs& out,
               const Parallel& parallel) {
  Base base{std::vector<double>(count), std::vector<std::uint8_t>(count)};
  Parallel in_rows = parallel;
  in_rows.block_rows = 8 * kChunk;
  const bool priced = for_each_block(count, in_rows, [&](Rows rows) {
    black_scholes::price(positions.options, rows, base.price.data(), base.status.data());
    check_quantities(positions, rows, base.status.data());
  });
  if (!priced) return false;
  ScenarioRun run(positions, count, groups, shocks, out, base);
  Parallel by_task = parallel;
  by_task.block_rows = 1;
  const bool finished = for_each_block(run.tasks(), by_task, [&](Rows tasks) {
    for (std::size_t task = tasks.begin; task < tasks.end; ++task) run.work(task);
  });
  if (finished) run.finish();
  return finished;
}

}  // namespace strikeproof::portfolio
