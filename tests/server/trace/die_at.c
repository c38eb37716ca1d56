/* Kills its process in the middle of a write: preloaded into the writer by test_kill_offsets.py.

   DIE_AT says after how many bytes into files of the database, counted over all of them. The write that
   crosses it is done up to exactly that byte, and then comes SIGKILL: what a crash leaves, at any byte. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long long left = -1;

static int of_database(int fd)
{
    char link[64], name[4096];
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, name, sizeof name - 1);
    if (length <= 0)
        return 0;
    name[length] = 0;
    return strstr(name, "/sabak.db") != NULL;
}

/* How many of `count` bytes may still be written; all of them where it is not our business. */
static size_t allowed(int fd, size_t count)
{
    if (left < 0) {
        const char *at = getenv("DIE_AT");
        left = at ? atoll(at) : 0x7fffffffffffffffLL;
    }
    if (!of_database(fd))
        return count;
    if ((long long)count <= left) {
        left -= count;
        return count;
    }
    return (size_t)left;
}

ssize_t pwrite64(int fd, const void *data, size_t count, off64_t offset)
{
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    size_t now = allowed(fd, count);
    if (!real)
        real = dlsym(RTLD_NEXT, "pwrite64");
    if (now == count)
        return real(fd, data, count, offset);
    if (now)
        (void)!real(fd, data, now, offset);
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

ssize_t pwrite(int fd, const void *data, size_t count, off_t offset)
{
    return pwrite64(fd, data, count, offset);
}

ssize_t write(int fd, const void *data, size_t count)
{
    static ssize_t (*real)(int, const void *, size_t);
    size_t now = allowed(fd, count);
    if (!real)
        real = dlsym(RTLD_NEXT, "write");
    if (now == count)
        return real(fd, data, count);
    if (now)
        (void)!real(fd, data, now);
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}
