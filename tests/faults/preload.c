/* Let chosen file operations of a process fail, or end the process at one of them.

   Loaded by LD_PRELOAD. The file named by ANNOTATOR_TEST_FAULTS is mapped and holds the orders (struct control), which
   the process itself or another one may change at any time. Only operations on files below the folder in it count. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF, FAIL, KILL_BEFORE, KILL_AFTER };
enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, RENAME = 8, OPEN = 16, REMOVE = 32, READ = 64, MAP = 128 };

struct control {
    int32_t action, kinds, nth, error, from_then_on;
    int32_t seen, hits;
    int32_t reserved[9];
    char last[448];    /* the last operation that was hit */
    char folder[512];
};

static struct control *control;

__attribute__((constructor)) static void load(void) {
    const char *path = getenv("ANNOTATOR_TEST_FAULTS");
    if (!path) return;
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return;
    void *mapped = (void *)syscall(SYS_mmap, NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) control = mapped;
    syscall(SYS_close, file);
}

/* 0: go on; 1: fail with errno set; 2: go on, and die afterwards. */
static int judge(int kind, const char *name, const char *path) {
    if (!control || control->action == OFF || !(control->kinds & kind) || !path) return 0;
    size_t length = strlen(control->folder);
    if (!length || strncmp(path, control->folder, length) != 0) return 0;
    int number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
    if (control->nth <= 0 || number < control->nth || (number > control->nth && !control->from_then_on)) return 0;
    __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
    snprintf(control->last, sizeof control->last, "%s %s", name, path + length);
    if (control->action == KILL_BEFORE) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    if (control->action == KILL_AFTER) return 2;
    errno = control->error;
    return 1;
}

static int judge_at(int kind, const char *name, int folder, const char *path) {
    if (!control || control->action == OFF) return 0;
    char whole[2 * PATH_MAX], link[64];
    if (path && path[0] == '/') return judge(kind, name, path);
    if (folder == AT_FDCWD) {
        if (syscall(SYS_getcwd, whole, PATH_MAX) <= 0) return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, whole, PATH_MAX);
        if (length <= 0) return 0;
        whole[length] = 0;
    }
    if (path) {
        strcat(whole, "/");
        strncat(whole, path, PATH_MAX);
    }
    return judge(kind, name, whole);
}

static int judge_file(int kind, const char *name, int file) {
    if (!control || control->action == OFF || !(control->kinds & kind) || file < 0) return 0;
    return judge_at(kind, name, file, NULL);
}

static void die(void) { syscall(SYS_kill, syscall(SYS_getpid), SIGKILL); }

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define PASS(judged, failed, call) \
    int judged_ = (judged); \
    if (judged_ == 1) return failed; \
    __typeof__(call) result_ = (call); \
    if (judged_ == 2) die(); \
    return result_

/* Opening for reading only is a fault of its own only where a file is to be made or written. */
static int opening(const char *name, int folder, const char *path, int flags) {
    int kind = (flags & O_ACCMODE) == O_RDONLY && !(flags & O_CREAT) ? READ : OPEN;
    return judge_at(kind, name, folder, path);
}

#define MODE() \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); }

int open(const char *path, int flags, ...) {
    MODE(); REAL(open);
    PASS(opening("open", AT_FDCWD, path, flags), -1, real(path, flags, mode));
}
int open64(const char *path, int flags, ...) {
    MODE(); REAL(open64);
    PASS(opening("open", AT_FDCWD, path, flags), -1, real(path, flags, mode));
}
int openat(int folder, const char *path, int flags, ...) {
    MODE(); REAL(openat);
    PASS(opening("openat", folder, path, flags), -1, real(folder, path, flags, mode));
}
int openat64(int folder, const char *path, int flags, ...) {
    MODE(); REAL(openat64);
    PASS(opening("openat", folder, path, flags), -1, real(folder, path, flags, mode));
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    PASS(judge_at(OPEN, "mkdir", AT_FDCWD, path), -1, real(path, mode));
}
ssize_t write(int file, const void *data, size_t size) {
    REAL(write);
    PASS(judge_file(WRITE, "write", file), -1, real(file, data, size));
}
ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    PASS(judge_file(WRITE, "writev", file), -1, real(file, parts, count));
}
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    PASS(judge_file(WRITE, "pwrite", file), -1, real(file, data, size, at));
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    PASS(judge_file(WRITE, "pwrite", file), -1, real(file, data, size, at));
}
ssize_t read(int file, void *data, size_t size) {
    REAL(read);
    PASS(judge_file(READ, "read", file), -1, real(file, data, size));
}
ssize_t pread(int file, void *data, size_t size, off_t at) {
    REAL(pread);
    PASS(judge_file(READ, "pread", file), -1, real(file, data, size, at));
}
ssize_t pread64(int file, void *data, size_t size, off64_t at) {
    REAL(pread64);
    PASS(judge_file(READ, "pread", file), -1, real(file, data, size, at));
}
int fsync(int file) {
    REAL(fsync);
    PASS(judge_file(SYNC, "fsync", file), -1, real(file));
}
int fdatasync(int file) {
    REAL(fdatasync);
    PASS(judge_file(SYNC, "fdatasync", file), -1, real(file));
}
int ftruncate(int file, off_t size) {
    REAL(ftruncate);
    PASS(judge_file(TRUNCATE, "ftruncate", file), -1, real(file, size));
}
int ftruncate64(int file, off64_t size) {
    REAL(ftruncate64);
    PASS(judge_file(TRUNCATE, "ftruncate", file), -1, real(file, size));
}
int fallocate(int file, int mode, off_t at, off_t size) {
    REAL(fallocate);
    PASS(judge_file(TRUNCATE, "fallocate", file), -1, real(file, mode, at, size));
}
/* These two return the error. */
int posix_fallocate(int file, off_t at, off_t size) {
    REAL(posix_fallocate);
    PASS(judge_file(TRUNCATE, "posix_fallocate", file), control->error, real(file, at, size));
}
int posix_fallocate64(int file, off64_t at, off64_t size) {
    REAL(posix_fallocate64);
    PASS(judge_file(TRUNCATE, "posix_fallocate", file), control->error, real(file, at, size));
}
int rename(const char *old, const char *new) {
    REAL(rename);
    PASS(judge_at(RENAME, "rename", AT_FDCWD, old), -1, real(old, new));
}
int renameat(int from, const char *old, int to, const char *new) {
    REAL(renameat);
    PASS(judge_at(RENAME, "renameat", from, old), -1, real(from, old, to, new));
}
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    REAL(renameat2);
    PASS(judge_at(RENAME, "renameat2", from, old), -1, real(from, old, to, new, flags));
}
int link(const char *old, const char *new) {
    REAL(link);
    PASS(judge_at(RENAME, "link", AT_FDCWD, old), -1, real(old, new));
}
int unlink(const char *path) {
    REAL(unlink);
    PASS(judge_at(REMOVE, "unlink", AT_FDCWD, path), -1, real(path));
}
int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat);
    PASS(judge_at(REMOVE, "unlinkat", folder, path), -1, real(folder, path, flags));
}
int rmdir(const char *path) {
    REAL(rmdir);
    PASS(judge_at(REMOVE, "rmdir", AT_FDCWD, path), -1, real(path));
}
void *mmap(void *where, size_t size, int protection, int flags, int file, off_t at) {
    REAL(mmap);
    PASS(judge_file(MAP, "mmap", file), MAP_FAILED, real(where, size, protection, flags, file, at));
}
void *mmap64(void *where, size_t size, int protection, int flags, int file, off64_t at) {
    REAL(mmap64);
    PASS(judge_file(MAP, "mmap", file), MAP_FAILED, real(where, size, protection, flags, file, at));
}
