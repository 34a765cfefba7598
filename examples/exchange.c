// Two stages that meet in a store, as those of an annotation do:
//   exchange peaks FOLDER PARTS COUNT   simulates peaks, sorted by m/z, one file a part of the m/z
//                                       range, each with an index of where every 64th peak stands
//   exchange images FOLDER PARTS MZ     reads from the part that has this m/z the blocks that may
//                                       have it, and tells the image: the sum for each pixel
// Plain C: it knows nothing of GEDS.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kBlock = 64, kPixels = 16 };
static const double kFirstMz = 100.0, kLastMz = 1000.0;

struct peak {
  double mz;
  float intensity;
  uint32_t pixel;
};

static int failed(const char *what) {
  perror(what);
  return 1;
}

static uint64_t state = 42;
static double uniform(void) {  // splitmix64
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static int by_mz(const void *one, const void *other) {
  const double a = ((const struct peak *)one)->mz, b = ((const struct peak *)other)->mz;
  return a < b ? -1 : a > b;
}

static int write_peaks(const char *folder, unsigned parts, unsigned count) {
  struct peak *peaks = malloc(count * sizeof *peaks);
  if (!peaks) return failed("memory");
  for (unsigned i = 0; i < count; ++i) {
    peaks[i].mz = floor((kFirstMz + uniform() * (kLastMz - kFirstMz)) * 100) / 100;
    peaks[i].intensity = (float)floor(uniform() * 1000);
    peaks[i].pixel = (uint32_t)(uniform() * kPixels);
  }
  qsort(peaks, count, sizeof *peaks, by_mz);
  unsigned begin = 0;
  for (unsigned part = 0; part < parts; ++part) {
    const double last = kFirstMz + (part + 1) * (kLastMz - kFirstMz) / parts;
    unsigned end = begin;
    while (end < count && (peaks[end].mz < last || part + 1 == parts)) ++end;
    char path[512];
    snprintf(path, sizeof path, "%s/part-%u", folder, part);
    FILE *file = fopen(path, "wb");
    if (!file) return failed(path);
    const uint64_t here = end - begin, blocks = (here + kBlock - 1) / kBlock;
    fwrite(&here, sizeof here, 1, file);
    for (uint64_t b = 0; b < blocks; ++b) fwrite(&peaks[begin + b * kBlock].mz, 8, 1, file);
    fwrite(peaks + begin, sizeof *peaks, here, file);
    if (fclose(file) != 0) return failed(path);
    begin = end;
  }
  printf("%u peaks in %u parts\n", count, parts);
  return 0;
}

static int read_image(const char *folder, unsigned parts, double mz) {
  const unsigned part = (unsigned)((mz - kFirstMz) * parts / (kLastMz - kFirstMz));
  char path[512];
  snprintf(path, sizeof path, "%s/part-%u", folder, part);
  FILE *file = fopen(path, "rb");
  if (!file) return failed(path);
  uint64_t count = 0;
  if (fread(&count, sizeof count, 1, file) != 1) return failed(path);
  const uint64_t blocks = (count + kBlock - 1) / kBlock;
  double *first = malloc(blocks * 8);
  if (!first || fread(first, 8, blocks, file) != blocks) return failed(path);
  const double low = mz - 0.02, high = mz + 0.02;
  uint64_t from = 0, to = blocks;
  while (from + 1 < blocks && first[from + 1] < low) ++from;
  while (to > from + 1 && first[to - 1] > high) --to;
  double image[kPixels] = {0};
  uint64_t read = 0;
  if (fseek(file, (long)(8 + blocks * 8 + from * kBlock * sizeof(struct peak)), SEEK_SET) != 0) {
    return failed(path);
  }
  for (uint64_t i = from * kBlock; i < to * kBlock && i < count; ++i, ++read) {
    struct peak peak;
    if (fread(&peak, sizeof peak, 1, file) != 1) return failed(path);
    if (peak.mz >= low && peak.mz <= high) image[peak.pixel] += peak.intensity;
  }
  fclose(file);
  printf("m/z %.2f:", mz);
  for (int i = 0; i < kPixels; ++i) printf(" %.0f", image[i]);
  printf("\n");
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "peaks") == 0) {
    return write_peaks(argv[2], (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]));
  }
  if (argc == 5 && strcmp(argv[1], "images") == 0) {
    return read_image(argv[2], (unsigned)atoi(argv[3]), atof(argv[4]));
  }
  fprintf(stderr, "usage: exchange peaks FOLDER PARTS COUNT | exchange images FOLDER PARTS MZ\n");
  return 2;
}
