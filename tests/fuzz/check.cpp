#include "check.hpp"

#include <cstdio>
#include <cstdlib>

namespace strikeproof::fuzz {
namespace {

constexpr double kLeast = 1e-290;  // below it numbers lose their digits
constexpr double kRoom = 1e-8;     // of the upper bound; the loosest promise of an engine is 1e-9

const Draw* trial = nullptr;

}  // namespace

void begin_trial(const Draw& draw) { trial = &draw; }

void fail(const char* engine, const char* rule, double value, double bound) {
  std::fprintf(stderr, "%s: %s: value %.17g, bound %.17g, drawn", engine, rule, value, bound);
  for (const double number : trial->drawn()) std::fprintf(stderr, " %.17g", number);
  std::fprintf(stderr, "\n");
  std::abort();
}

void check(const char* engine, Status status, double value, double upper) {
  if (status != Status::kOk) {
    if (!std::isnan(value)) fail(engine, "a number with a failure", value, upper);
    return;
  }
  if (!std::isfinite(value)) fail(engine, "not finite", value, upper);
  if (value < 0.0) fail(engine, "negative", value, 0.0);
  if (value > upper * (1.0 + kRoom) + kLeast) fail(engine, "above its bound", value, upper);
}

void check_entry(const char* engine, Status status, double entry) {
  if (std::isnan(entry) != (status != Status::kOk)) fail(engine, "status and value", entry, 0.0);
}

double largest_discount(double rate, double time) { return std::max(1.0, std::exp(-rate * time)); }

double at_any_time(OptionType type, double strike, double time, const FlatMarket& market) {
  return type == OptionType::kCall ? market.spot * largest_discount(market.dividend_yield, time)
                                   : strike * largest_discount(market.rate, time);
}

double at_expiry(OptionType type, double strike, double time, double spot, double rate,
                 double dividend_yield) {
  return type == OptionType::kCall ? spot * std::exp(-dividend_yield * time)
                                   : strike * std::exp(-rate * time);
}

double european_bound(const VanillaOption& option, const FlatMarket& market) {
  return at_expiry(option.type, option.strike, option.time_to_expiry, market.spot, market.rate,
                   market.dividend_yield);
}

}  // namespace strikeproof::fuzz
