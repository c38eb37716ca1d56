/* The least a server can pay: the same packets to the same sinks by one sendto() each.
 *
 * On standard input come the destinations, "address port" a line (IPv4), an empty line, and the frames:
 * "microseconds count size size ..." a line. Each frame is sent to every destination, packet after
 * packet, at its time by the monotonic clock. Prints the count of datagrams sent and refused, and the
 * process's own CPU seconds from the first frame on.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define MOST 4096
#define FRAMES 65536
#define PACKETS 64

static struct sockaddr_in to[MOST];
static struct { double at; int count; unsigned short sizes[PACKETS]; } frames[FRAMES];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double own(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void) {
    char line[1024], host[64];
    int targets = 0, count = 0, port;
    while (fgets(line, sizeof line, stdin) && sscanf(line, "%63s %d", host, &port) == 2) {
        if (targets == MOST) return 2;
        to[targets].sin_family = AF_INET;
        to[targets].sin_port = htons(port);
        if (inet_pton(AF_INET, host, &to[targets++].sin_addr) != 1) return 2;
    }
    while (fgets(line, sizeof line, stdin)) {
        char *rest = line;
        if (count == FRAMES) return 2;
        frames[count].at = strtol(rest, &rest, 10) / 1e6;
        int packets = strtol(rest, &rest, 10);
        if (packets < 1 || packets > PACKETS) return 2;
        frames[count].count = packets;
        for (int k = 0; k < packets; k++) {
            long size = strtol(rest, &rest, 10);
            if (size < 1 || size > 2048) return 2;
            frames[count].sizes[k] = size;
        }
        count++;
    }
    int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 16 << 20;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) < 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    static char packet[2048];
    memset(packet, 0x55, sizeof packet);

    long sent = 0, failed = 0;
    double start = now(), spent = own();
    for (int frame = 0; frame < count; frame++) {
        double wait = start + frames[frame].at - now();
        if (wait > 0) {
            struct timespec t = {(time_t)wait, (long)((wait - (time_t)wait) * 1e9)};
            nanosleep(&t, NULL);
        }
        for (int i = 0; i < targets; i++)
            for (int k = 0; k < frames[frame].count; k++)
                if (sendto(fd, packet, frames[frame].sizes[k], 0, (struct sockaddr *)&to[i], sizeof to[i]) < 0)
                    failed++;
                else
                    sent++;
    }
    printf("%ld %ld %.6f\n", sent, failed, own() - spent);
    return 0;
}
