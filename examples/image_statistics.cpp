// Mean, standard deviation, extremes and median of every PGM image (P5, 8 bits) in a folder, one
// line an image, in order of names:
//   image_statistics FOLDER TABLE.csv
// Plain C++: it knows nothing of GEDS.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <dirent.h>

namespace {

struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;
};

bool read_pgm(const std::string& path, Image& image) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  int largest = 0;
  bool good = std::fscanf(file, "P5 %d %d %d", &image.width, &image.height, &largest) == 3 &&
              largest == 255 && image.width > 0 && image.height > 0 && std::fgetc(file) != EOF;
  if (good) {
    image.pixels.resize(static_cast<std::size_t>(image.width) * image.height);
    good = std::fread(image.pixels.data(), 1, image.pixels.size(), file) == image.pixels.size();
  }
  std::fclose(file);
  return good;
}

std::string statistics(const Image& image) {
  std::array<std::uint64_t, 256> histogram{};
  for (const std::uint8_t pixel : image.pixels) ++histogram[pixel];
  const auto count = static_cast<double>(image.pixels.size());
  double sum = 0;
  double squares = 0;
  int least = 255;
  int most = 0;
  int median = -1;
  std::uint64_t seen = 0;
  for (int value = 0; value < 256; ++value) {
    const std::uint64_t here = histogram[static_cast<std::size_t>(value)];
    if (here == 0) continue;
    sum += value * static_cast<double>(here);
    squares += value * value * static_cast<double>(here);
    least = std::min(least, value);
    most = std::max(most, value);
    seen += here;
    if (median < 0 && 2 * seen >= image.pixels.size()) median = value;
  }
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
  char line[160];
  std::snprintf(line, sizeof line, "%d,%d,%.3f,%.3f,%d,%d,%d\n", image.width, image.height, mean,
                deviation, least, most, median);
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: image_statistics FOLDER TABLE.csv\n");
    return 2;
  }
  DIR* folder = opendir(argv[1]);
  if (folder == nullptr) {
    std::perror(argv[1]);
    return 1;
  }
  std::vector<std::string> names;
  while (const dirent* entry = readdir(folder)) {
    const std::string name = entry->d_name;
    if (name.ends_with(".pgm")) names.push_back(name);
  }
  closedir(folder);
  std::sort(names.begin(), names.end());

  std::FILE* out = std::fopen(argv[2], "wb");
  if (out == nullptr) {
    std::perror(argv[2]);
    return 1;
  }
  std::fputs("image,width,height,mean,deviation,min,max,median\n", out);
  for (const std::string& name : names) {
    Image image;
    if (!read_pgm(std::string(argv[1]) + "/" + name, image)) {
      std::fprintf(stderr, "%s: not a PGM image of 8 bits\n", name.c_str());
      return 1;
    }
    std::fprintf(out, "%s,%s", name.c_str(), statistics(image).c_str());
  }
  if (std::fclose(out) != 0) {
    std::perror(argv[2]);
    return 1;
  }
  std::printf("%zu images\n", names.size());
  return 0;
}
