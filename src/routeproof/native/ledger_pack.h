/*
 * A reader of packed entries. A pack is one array of entries; an entry is [exchange, [attempt, ...]]; an exchange and an
 * attempt are arrays of integers, text and nil, in the order of their table's columns (routeproof.ledger.entries).
 * Nothing is read outside of the pack, whatever is in it.
 */

#ifndef ROUTEPROOF_LEDGER_PACK_H
#define ROUTEPROOF_LEDGER_PACK_H

#include <stddef.h>
#include <stdint.h>

#define COLUMNS_MAX 32

enum { PACK_OK, PACK_DAMAGED, PACK_TOO_BIG }; /* the last: an integer beyond 64 signed bits */

enum kind { KIND_NIL, KIND_INT, KIND_TEXT };

struct value {
    enum kind kind;
    int64_t number;   /* of an integer */
    const char *text; /* inside the pack, and UTF-8 */
    int length;
};

struct reader {
    const unsigned char *at;
    const unsigned char *end;
};

/* How many members the array has that begins here. */
int pack_read_array(struct reader *reader, uint32_t *count);

/* An array of at most COLUMNS_MAX values. */
int pack_read_row(struct reader *reader, struct value *row, int *width);

#endif
