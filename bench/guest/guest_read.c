// Reads an object again and again, and prints how long one reading took.
//   guest_read WAY PATH SIZE COUNT
// WAY is stream (fseek and fread, as a program that knows nothing of GEDS), library (geds_read_at),
// ranges (geds_read_ranges) or get (geds_get, which looks the object up each time). An object that is not there is put first.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geds.h"

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int by_stream(FILE *file, char *buffer, size_t size) {
  return fseek(file, 0, SEEK_SET) == 0 && fread(buffer, 1, size, file) == size ? 0 : EIO;
}

static int by_ranges(geds_object object, char *buffer, size_t size) {
  const struct geds_range range = {0, buffer, (uint32_t)size};
  uint64_t got = 0;
  const int failed = geds_read_ranges(object, &range, 1, &got);
  return failed != 0 ? failed : got == size ? 0 : EIO;
}

static int by_library(geds_object object, char *buffer, size_t size) {
  size_t got = 0;
  const int failed = geds_read_at(object, 0, buffer, size, &got);
  return failed != 0 ? failed : got == size ? 0 : EIO;
}

static int by_get(const char *path, char *buffer, size_t size) {
  size_t got = 0;
  const int failed = geds_get(path, 0, buffer, size, &got);
  return failed != 0 ? failed : got == size ? 0 : EIO;
}

int main(int argc, char **argv) {
  if (argc != 5) return fputs("usage: guest_read WAY PATH SIZE COUNT\n", stderr), 2;
  const char *way = argv[1];
  const size_t size = (size_t)atoll(argv[3]);
  const int count = atoi(argv[4]);
  char *buffer = malloc(size);
  if (buffer == NULL) return fputs("guest_read: out of memory\n", stderr), 1;
  memset(buffer, 7, size);
  struct geds_info info;
  if (geds_stat(argv[2], &info) != 0 && geds_put(argv[2], buffer, size) != 0) {
    return perror(argv[2]), 1;
  }
  FILE *file = fopen(argv[2], "rb");
  if (file == NULL) return perror(argv[2]), 1;
  double begin = 0;
  for (int i = -1; i < count; ++i) {  // the first does not count
    if (i == 0) begin = seconds();
    const int failed = way[0] == 's'   ? by_stream(file, buffer, size)
                       : way[0] == 'l' ? by_library(fileno(file), buffer, size)
                       : way[0] == 'r' ? by_ranges(fileno(file), buffer, size)
                                       : by_get(argv[2], buffer, size);
    if (failed != 0 || buffer[size - 1] != 7) {
      return fprintf(stderr, "guest_read: %s\n", strerror(failed)), 1;
    }
  }
  printf("{\"wall_s\": %.9g}\n", (seconds() - begin) / count);
  return 0;
}
