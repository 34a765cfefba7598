/* Objects of GEDS for C programs in WebAssembly (WASI preview 1): a header and nothing else.
 *
 * A bucket that the program was given is the folder /geds/BUCKET, an object a file below it, so that
 * open(), read() and the rest of POSIX work as well; this is the same with fewer copies and calls.
 * Every function answers 0, or an errno of <errno.h>. Only geds_watch(),
 * geds_read_ranges() and the two of metadata need a host that has the imports of ionloom
 * (docs/formats/geds-imports.md); a program that calls none of them runs on any host.
 */
#ifndef GEDS_H
#define GEDS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An object that is open to read; also a file descriptor. */
typedef int geds_object;
/* An object in the making; also a file descriptor. */
typedef int geds_writer;

/* Part of an object and where it goes. */
struct geds_range {
  uint64_t offset_bytes;
  void *into;
  uint32_t size_bytes;
};

/* Takes a name; anything but 0 ends the listing, which answers it. */
typedef int (*geds_take_name)(void *context, const char *name);

/* Tells the paths of the buckets, and prefixes of buckets, that this program was given. */
static inline int geds_buckets(geds_take_name take, void *context) {
  for (__wasi_fd_t fd = 3;; ++fd) {
    __wasi_prestat_t given;
    if (__wasi_fd_prestat_get(fd, &given) != 0) return 0;
    const size_t size = given.u.dir.pr_name_len;
    char *path = (char *)malloc(size + 1);
    if (path == NULL) return ENOMEM;
    int failed = (int)__wasi_fd_prestat_dir_name(fd, (uint8_t *)path, size);
    path[size] = '\0';
    if (failed == 0 && strncmp(path, "/geds/", 6) == 0) failed = take(context, path);
    free(path);
    if (failed != 0) return failed;
  }
}

/* Begins an object; what has the path already is replaced when this one is sealed. */
static inline int geds_create(const char *path, geds_writer *writer) {
  *writer = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  return *writer < 0 ? errno : 0;
}

/* Adds bytes at its end. */
static inline int geds_append(geds_writer writer, const void *bytes, size_t size) {
  const char *at = (const char *)bytes;
  while (size > 0) {
    const ssize_t written = write(writer, at, size);
    if (written < 0) return errno;
    at += written;
    size -= (size_t)written;
  }
  return 0;
}

/* The object appears, whole, and does not change any more; the writer is gone, also on failure. */
static inline int geds_seal(geds_writer writer) {
  return close(writer) == 0 ? 0 : errno;
}

/* A whole object at once. */
static inline int geds_put(const char *path, const void *bytes, size_t size) {
  geds_writer writer;
  const int failed = geds_create(path, &writer);
  if (failed != 0) return failed;
  const int unwritten = geds_append(writer, bytes, size);
  const int unsealed = geds_seal(writer);
  if (unwritten != 0) unlink(path);
  return unwritten != 0 ? unwritten : unsealed;
}

static inline int geds_open(const char *path, geds_object *object) {
  *object = open(path, O_RDONLY);
  return *object < 0 ? errno : 0;
}

static inline int geds_close(geds_object object) {
  return close(object) == 0 ? 0 : errno;
}

/* Reads from this byte on, straight into the buffer: one copy from the store's memory. Fewer bytes
 * than asked for only at the object's end. */
static inline int geds_read_at(geds_object object, uint64_t offset_bytes, void *into, size_t size,
                               size_t *got) {
  *got = 0;
  while (*got < size) {
    const ssize_t count =
        pread(object, (char *)into + *got, size - *got, (off_t)(offset_bytes + *got));
    if (count < 0) return errno;
    if (count == 0) break;
    *got += (size_t)count;
  }
  return 0;
}

/* The same for an object that is not open. */
static inline int geds_get(const char *path, uint64_t offset_bytes, void *into, size_t size,
                           size_t *got) {
  geds_object object;
  const int failed = geds_open(path, &object);
  if (failed != 0) return failed;
  const int unread = geds_read_at(object, offset_bytes, into, size, got);
  geds_close(object);
  return unread;
}

__attribute__((import_module("ionloom_geds"), import_name("read_ranges"))) int32_t
geds_import_read_ranges(int32_t object, const struct geds_range *ranges, uint32_t count,
                        uint64_t *got);

/* Reads several parts in one call. `got` counts all bytes; a part that passes the object's end is
 * filled up to there. */
static inline int geds_read_ranges(geds_object object, const struct geds_range *ranges,
                                   uint32_t count, uint64_t *got) {
  return geds_import_read_ranges(object, ranges, count, got);
}

/* A part that will be read soon: the host fetches it meanwhile. */
static inline int geds_prefetch(geds_object object, uint64_t offset_bytes, uint64_t size_bytes) {
  return posix_fadvise(object, (off_t)offset_bytes, (off_t)size_bytes, POSIX_FADV_WILLNEED);
}

struct geds_info {
  uint64_t size_bytes;
  int is_folder;
};

static inline int geds_stat(const char *path, struct geds_info *info) {
  struct stat status;
  if (stat(path, &status) != 0) return errno;
  info->size_bytes = (uint64_t)status.st_size;
  info->is_folder = S_ISDIR(status.st_mode);
  return 0;
}

/* Tells the names in a folder, in order. */
static inline int geds_list(const char *path, geds_take_name take, void *context) {
  DIR *folder = opendir(path);
  if (folder == NULL) return errno;
  int failed = 0;
  const struct dirent *entry;
  while (failed == 0 && (entry = readdir(folder)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    failed = take(context, entry->d_name);
  }
  closedir(folder);
  return failed;
}

static inline int geds_delete(const char *path) {
  return unlink(path) == 0 ? 0 : errno;
}

__attribute__((import_module("ionloom_geds"), import_name("metadata"))) int32_t
geds_import_metadata(int32_t object, void *into, uint32_t size, uint32_t *there);

/* The bytes that lie beside an object, as many as there is room for; `there` is how many they are in
 * all, 0 for none. ENOTSUP where nothing can lie beside one: outside of GEDS. */
static inline int geds_metadata(geds_object object, void *into, uint32_t size, uint32_t *there) {
  return geds_import_metadata(object, into, size, there);
}

__attribute__((import_module("ionloom_geds"), import_name("set_metadata"))) int32_t
geds_import_set_metadata(int32_t object, const void *bytes, uint32_t size);

/* Leaves bytes (64 KiB at most) beside a sealed object, in place of those that are there. */
static inline int geds_set_metadata(geds_object object, const void *bytes, uint32_t size) {
  return geds_import_set_metadata(object, bytes, size);
}

__attribute__((import_module("ionloom_geds"), import_name("watch"))) int32_t
geds_import_watch(int32_t folder, uint32_t patience_ms, int32_t *watch);

/* Follows what happens to the objects below a folder from now on. The watch is a file descriptor:
 * each read() gives one line, "sealed NAME", "deleted NAME" or "missed" (events were lost: list
 * again), NAME being relative to the folder; EAGAIN when none came within the patience. */
static inline int geds_watch(const char *path, uint32_t patience_ms, int *watch) {
  const int folder = open(path, O_RDONLY | O_DIRECTORY);
  if (folder < 0) return errno;
  const int failed = geds_import_watch(folder, patience_ms, watch);
  close(folder);
  return failed;
}

#ifdef __cplusplus
}
#endif

#endif /* GEDS_H */
