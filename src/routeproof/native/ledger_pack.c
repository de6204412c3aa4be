/* Entries in MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), as far as it occurs: see ledger_pack.h. */

#include "ledger_pack.h"
#include "utf8.h"

#include <string.h>

static int take(struct reader *reader, size_t bytes, const unsigned char **found)
{
    if ((size_t)(reader->end - reader->at) < bytes)
        return PACK_DAMAGED;
    *found = reader->at;
    reader->at += bytes;
    return PACK_OK;
}

static int take_number(struct reader *reader, size_t bytes, uint64_t *number)
{
    const unsigned char *found;
    int status = take(reader, bytes, &found);
    *number = 0;
    for (size_t i = 0; status == PACK_OK && i < bytes; i++)
        *number = *number << 8 | found[i];
    return status;
}

int pack_read_array(struct reader *reader, uint32_t *count)
{
    uint64_t number = 0;
    const unsigned char *head;
    int status = take(reader, 1, &head);
    if (status != PACK_OK)
        return status;
    if ((*head & 0xf0) == 0x90)
        number = *head & 0x0f;
    else if (*head == 0xdc)
        status = take_number(reader, 2, &number);
    else if (*head == 0xdd)
        status = take_number(reader, 4, &number);
    else
        return PACK_DAMAGED;
    *count = (uint32_t)number;
    return status;
}

/* What is not UTF-8 could be stored, but not be read again. */
static int is_utf8(const unsigned char *at, const unsigned char *end)
{
    for (uint64_t eight; end - at >= 8; at += 8) {
        memcpy(&eight, at, 8);
        if ((eight & 0x8080808080808080u) != 0)
            break;
    }
    while (at != NULL && at < end)
        at = *at < 0x80 ? at + 1 : utf8_skip_wide(at, end);
    return at != NULL;
}

static int read_text(struct reader *reader, uint64_t length, struct value *value)
{
    const unsigned char *found;
    if (length > INT32_MAX || take(reader, (size_t)length, &found) != PACK_OK || !is_utf8(found, reader->at))
        return PACK_DAMAGED;
    value->kind = KIND_TEXT;
    value->text = (const char *)found;
    value->length = (int)length;
    return PACK_OK;
}

static int read_integer(struct reader *reader, unsigned char head, struct value *value)
{
    static const size_t widths[4] = {1, 2, 4, 8};
    size_t width = widths[head & 3];
    uint64_t number;
    int is_signed = head >= 0xd0;
    if (take_number(reader, width, &number) != PACK_OK)
        return PACK_DAMAGED;
    if (is_signed && width < 8 && number >> (8 * width - 1))
        number |= UINT64_MAX << (8 * width);
    if (!is_signed && number > INT64_MAX)
        return PACK_TOO_BIG;
    value->kind = KIND_INT;
    memcpy(&value->number, &number, sizeof number);
    return PACK_OK;
}

static int read_value(struct reader *reader, struct value *value)
{
    uint64_t length;
    const unsigned char *found;
    if (take(reader, 1, &found) != PACK_OK)
        return PACK_DAMAGED;
    unsigned char head = *found;
    if (head <= 0x7f || head >= 0xe0) {
        value->kind = KIND_INT;
        value->number = (signed char)head;
        return PACK_OK;
    }
    if (head == 0xc0) {
        value->kind = KIND_NIL;
        return PACK_OK;
    }
    if (head == 0xc2 || head == 0xc3) { /* false and true, which a driver binds as numbers too */
        value->kind = KIND_INT;
        value->number = head & 1;
        return PACK_OK;
    }
    if ((head & 0xe0) == 0xa0)
        return read_text(reader, head & 0x1f, value);
    if (head >= 0xcc && head <= 0xd3)
        return read_integer(reader, head, value);
    if (head >= 0xd9 && head <= 0xdb) {
        if (take_number(reader, (size_t)1 << (head - 0xd9), &length) != PACK_OK)
            return PACK_DAMAGED;
        return read_text(reader, length, value);
    }
    return PACK_DAMAGED;
}

int pack_read_row(struct reader *reader, struct value *row, int *width)
{
    uint32_t count;
    int status = pack_read_array(reader, &count);
    if (status != PACK_OK)
        return status;
    if (count > COLUMNS_MAX)
        return PACK_DAMAGED;
    for (uint32_t i = 0; i < count && status == PACK_OK; i++)
        status = read_value(reader, &row[i]);
    *width = (int)count;
    return status;
}
