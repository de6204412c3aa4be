/* A record of the flight recorder, written into its slot: see plain.h. */

#include "plain.h"

#include <string.h>

#define HEAD_BYTES 6 /* length (2), CRC-32 (4), both little-endian */
#define TABLES 8

static uint32_t tables[TABLES][256];

/* The CRC-32 of zlib (RFC 1952 8), eight bytes at a time: table k holds a byte's effect from k bytes further on. */
void write_record_setup(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t sum = byte;
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
        tables[0][byte] = sum;
    }
    for (int k = 1; k < TABLES; k++)
        for (int byte = 0; byte < 256; byte++)
            tables[k][byte] = tables[k - 1][byte] >> 8 ^ tables[0][tables[k - 1][byte] & 0xff];
}

static uint32_t crc32_of(const unsigned char *at, size_t left)
{
    uint32_t sum = 0xffffffffu;
    for (; left >= TABLES; left -= TABLES, at += TABLES) {
        uint32_t mixed = sum ^ ((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
        sum = tables[7][mixed & 0xff] ^ tables[6][mixed >> 8 & 0xff] ^ tables[5][mixed >> 16 & 0xff] ^
              tables[4][mixed >> 24] ^ tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^ tables[0][at[7]];
    }
    for (; left > 0; left--, at++)
        sum = sum >> 8 ^ tables[0][(sum ^ *at) & 0xff];
    return ~sum;
}

int write_record(Py_buffer *map, Py_ssize_t at, const char *payload, Py_ssize_t length)
{
    if (at < 0 || length > UINT16_MAX || length + HEAD_BYTES > map->len || at > map->len - length - HEAD_BYTES) {
        PyErr_Format(PyExc_ValueError, "a record of %zd bytes does not fit at %zd", length, at);
        return -1;
    }
    uint32_t sum = crc32_of((const unsigned char *)payload, (size_t)length);
    unsigned char head[HEAD_BYTES] = {
        (unsigned char)length, (unsigned char)(length >> 8),  (unsigned char)sum,
        (unsigned char)(sum >> 8), (unsigned char)(sum >> 16), (unsigned char)(sum >> 24),
    };
    char *place = (char *)map->buf + at;
    memcpy(place, head, HEAD_BYTES);
    memcpy(place + HEAD_BYTES, payload, (size_t)length);
    return 0;
}
