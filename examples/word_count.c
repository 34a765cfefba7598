// Counts the words of a file and writes how often each occurs, the most frequent first:
//   word_count TEXT TABLE
// Plain C: it knows nothing of GEDS.

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
  char *text;
  unsigned count;
};

static int by_text(const void *one, const void *other) {
  return strcmp(((const struct word *)one)->text, ((const struct word *)other)->text);
}

static int by_count(const void *one, const void *other) {
  const struct word *a = one, *b = other;
  if (a->count != b->count) return a->count < b->count ? 1 : -1;
  return strcmp(a->text, b->text);
}

static int failed(const char *what) {
  perror(what);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: word_count TEXT TABLE\n");
    return 2;
  }
  FILE *in = fopen(argv[1], "r");
  if (!in) return failed(argv[1]);
  struct word *words = NULL;
  size_t count = 0, room = 0, length = 0;
  char word[256];
  for (;;) {
    const int c = getc(in);
    if (c != EOF && isalpha(c)) {
      if (length + 1 < sizeof word) word[length++] = (char)tolower(c);
      continue;
    }
    if (length > 0) {
      word[length] = '\0';
      length = 0;
      if (count == room) {
        room = room ? 2 * room : 1024;
        words = realloc(words, room * sizeof *words);
        if (!words) return failed("memory");
      }
      words[count].count = 1;
      words[count].text = strdup(word);
      if (!words[count++].text) return failed("memory");
    }
    if (c == EOF) break;
  }
  if (ferror(in)) return failed(argv[1]);
  fclose(in);

  qsort(words, count, sizeof *words, by_text);
  size_t kinds = 0;
  for (size_t i = 0; i < count; ++i) {
    if (kinds > 0 && strcmp(words[kinds - 1].text, words[i].text) == 0) {
      ++words[kinds - 1].count;
    } else {
      words[kinds++] = words[i];
    }
  }
  qsort(words, kinds, sizeof *words, by_count);

  FILE *out = fopen(argv[2], "w");
  if (!out) return failed(argv[2]);
  for (size_t i = 0; i < kinds; ++i) fprintf(out, "%u\t%s\n", words[i].count, words[i].text);
  // An object is sealed when it is closed: that it has worked is known only then.
  if (fclose(out) != 0) return failed(argv[2]);
  printf("%zu words, %zu different\n", count, kinds);
  return 0;
}
