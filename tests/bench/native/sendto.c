/* The least a server can pay: the same packets to the same sinks by one sendto() each.
 *
 * usage: sendto SECONDS FPS SIZE[,SIZE...] < destinations      ("address port" lines, IPv4)
 *
 * Each frame is sent to every destination, packet after packet, paced by the monotonic clock. Prints
 * the count of datagrams sent and the process's own CPU seconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define MOST 4096

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    double seconds = atof(argv[1]), gap = 1 / atof(argv[2]);
    int sizes[64], packets = 0;
    for (char *s = strtok(argv[3], ","); s && packets < 64; s = strtok(NULL, ",")) sizes[packets++] = atoi(s);

    static struct sockaddr_in to[MOST];
    int count = 0, port;
    char host[64];
    while (count < MOST && scanf("%63s %d", host, &port) == 2) {
        to[count].sin_family = AF_INET;
        to[count].sin_port = htons(port);
        if (inet_pton(AF_INET, host, &to[count].sin_addr) != 1) return 2;
        count++;
    }
    int fd = socket(AF_INET, SOCK_DGRAM, 0), room = 4 << 20;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    static char packet[2048];
    memset(packet, 0x55, sizeof packet);

    long sent = 0, failed = 0;
    double start = now();
    for (long frame = 0; frame * gap < seconds; frame++) {
        double wait = start + frame * gap - now();
        if (wait > 0) {
            struct timespec t = {(time_t)wait, (long)((wait - (time_t)wait) * 1e9)};
            nanosleep(&t, NULL);
        }
        for (int i = 0; i < count; i++)
            for (int k = 0; k < packets; k++)
                if (sendto(fd, packet, sizes[k], 0, (struct sockaddr *)&to[i], sizeof to[i]) < 0) failed++;
                else sent++;
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("%ld %ld %.6f\n", sent, failed,
           u.ru_utime.tv_sec + u.ru_utime.tv_usec / 1e6 + u.ru_stime.tv_sec + u.ru_stime.tv_usec / 1e6);
    return 0;
}
