/* The packet step in C: media/step.py's `step`, which is its description and its oracle (the vectors in
 * tests/media hold both). It copies the template, puts in what differs between subscribers and seals
 * each packet with the libsrtp that pylibsrtp brings: the address of `srtp_protect` comes as a number.
 *
 * run(protect, handle, buffer, at, data, table, form, ids, seq, time, ssrc, transport_seq, picture, tl0)
 *     -> bool: whether libsrtp took every packet.
 * `table` holds five int32 a packet: offset, distance from the first sequence number, plain length, first
 * two payload bytes, offset of the picture id. Everything is checked against the buffer's bounds.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define HEADER 12
#define EXTENSION 8
#define TRAILER 32 /* what sealing may add: media/srtp.py, TRAILER_ROOM */

typedef int (*protect_t)(void *, void *, int *);
typedef struct { int32_t offset, distance, size, lead, picture_at; } packet_t;

static void put16(unsigned char *at, unsigned long value) {
    at[0] = (value >> 8) & 0xff;
    at[1] = value & 0xff;
}

static void put32(unsigned char *at, unsigned long value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* -1 with an exception set, else whether all were sealed */
static int seal(protect_t protect, void *handle, Py_buffer *buffer, Py_ssize_t at, Py_buffer *data,
                Py_buffer *table, const unsigned long *v) {
    unsigned long form = v[0], ids = v[1], seq = v[2], time = v[3], ssrc = v[4], transport_seq = v[5];
    unsigned long picture = (v[6] & 0x7fff) | 0x8000, tl0 = v[7] & 0xff;
    Py_ssize_t count = table->len / (Py_ssize_t)sizeof(packet_t), i;
    Py_ssize_t head = HEADER + (ids ? EXTENSION : 0);
    unsigned char *base = (unsigned char *)buffer->buf + at;
    if (at < 0 || at > buffer->len || data->len > buffer->len - at) {
        PyErr_SetString(PyExc_ValueError, "the run does not fit the arena");
        return -1;
    }
    memcpy(base, data->buf, data->len);
    for (i = 0; i < count; i++) {
        packet_t packet;
        memcpy(&packet, (char *)table->buf + i * sizeof packet, sizeof packet);
        if (packet.offset < 0 || packet.size < head || packet.size > data->len - packet.offset ||
            buffer->len - at - packet.offset < packet.size + TRAILER ||
            (form && (packet.picture_at < head || packet.picture_at + 3 > packet.size + TRAILER))) {
            PyErr_SetString(PyExc_ValueError, "a packet outside its run");
            return -1;
        }
        unsigned char *here = base + packet.offset;
        put16(here + 2, seq + packet.distance);
        put32(here + 4, time);
        put32(here + 8, ssrc);
        if (ids) {
            put32(here + 12, 0xBEDE0001UL);
            put16(here + 16, ids);
            put16(here + 18, transport_seq++);
        }
        if (form) put16(here + packet.picture_at, picture);
        if (form > 1) here[packet.picture_at + 2] = (unsigned char)tl0;
        int length = packet.size;
        if (protect(handle, here, &length)) return 0;
    }
    return 1;
}

static PyObject *run(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    Py_buffer buffer, data, table;
    unsigned long v[8];
    int done = -1;
    (void)self;
    if (count != 14) {
        PyErr_SetString(PyExc_TypeError, "run takes 14 arguments");
        return NULL;
    }
    protect_t protect = (protect_t)(uintptr_t)PyLong_AsUnsignedLongLong(args[0]);
    void *handle = (void *)(uintptr_t)PyLong_AsUnsignedLongLong(args[1]);
    Py_ssize_t at = PyLong_AsSsize_t(args[3]);
    for (int i = 0; i < 8; i++) v[i] = PyLong_AsUnsignedLongMask(args[6 + i]);
    if (PyErr_Occurred()) return NULL;
    if (!protect || !handle) {
        PyErr_SetString(PyExc_ValueError, "a null pointer");
        return NULL;
    }
    if (PyObject_GetBuffer(args[2], &buffer, PyBUF_WRITABLE)) return NULL;
    if (!PyObject_GetBuffer(args[4], &data, PyBUF_SIMPLE)) {
        if (!PyObject_GetBuffer(args[5], &table, PyBUF_SIMPLE)) {
            done = seal(protect, handle, &buffer, at, &data, &table, v);
            PyBuffer_Release(&table);
        }
        PyBuffer_Release(&data);
    }
    PyBuffer_Release(&buffer);
    return done < 0 ? NULL : PyBool_FromLong(done);
}

static PyMethodDef methods[] = {
    {"run", (PyCFunction)(void (*)(void))run, METH_FASTCALL, "See the head of media/native/step.c."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_step", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__step(void) { return PyModule_Create(&module); }
