#include <array>
#include <cmath>
#include <random>

#include "bench/kernels.h"
#include "imaging/measure_of_chaos.h"

namespace ionloom::bench {
namespace {

/// Pixels of a square, all measured.
imaging::PixelGrid square(std::uint32_t side) {
  imaging::PixelGrid grid{.width = side, .height = side, .positions = {}};
  for (std::uint32_t i = 0; i < side * side; ++i) grid.positions.push_back(i);
  return grid;
}

/// What an ion image looks like: two soft blobs, noise of 40 % from pixel to pixel, and a signal in
/// the given share of the pixels.
imaging::IonImage ion_image(std::uint32_t side, double filled) {
  std::mt19937_64 random(side);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  imaging::IonImage image;
  for (std::uint32_t y = 0; y < side; ++y) {
    for (std::uint32_t x = 0; x < side; ++x) {
      const auto blob = [&](double u, double v) {
        const double dx = static_cast<double>(x) / side - u;
        const double dy = static_cast<double>(y) / side - v;
        return std::exp(-12 * (dx * dx + dy * dy));
      };
      const double noise = std::exp(0.4 * (uniform() + uniform() + uniform() - 1.5) * 2);
      if (uniform() >= filled) continue;
      image.pixels.push_back(y * side + x);
      image.values.push_back(static_cast<float>((blob(0.3, 0.4) + blob(0.7, 0.6)) * noise));
    }
  }
  return image;
}

void chaos(benchmark::State& state, const Exchange& exchange, std::uint32_t side, double filled,
           const std::string& name) {
  const imaging::PixelGrid grid = square(side);
  const imaging::IonImage image = ion_image(side, filled);
  imaging::ChaosMeter meter(grid);
  double value = 0;
  measure(state, side * side, [&] {
    value = meter.measure(image, imaging::ChaosRule::kReference);
    benchmark::DoNotOptimize(value);
  });
  exchange.numbers<double>(name + ".f64", {&value, 1});
  std::vector<float> dense(grid.box_size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i) dense[image.pixels[i]] = image.values[i];
  exchange.numbers<float>(name + "_image.f32", dense);
}

}  // namespace

void add_chaos(const Inputs& inputs) {
  struct Case {
    const char* name;
    std::uint32_t side;
    double filled;
  };
  for (const Case& c : std::array<Case, 6>{{{"chaos_64", 64, 0.6},
                                            {"chaos_128", 128, 0.6},
                                            {"chaos_256", 256, 0.6},
                                            {"chaos_512", 512, 0.6},
                                            {"chaos_1000", 1000, 0.6},
                                            {"chaos_sparse_1000", 1000, 0.01}}}) {
    benchmark::RegisterBenchmark(c.name, [&inputs, c](benchmark::State& state) {
      chaos(state, inputs.exchange, c.side, c.filled, c.name);
    });
  }
}

}  // namespace ionloom::bench
