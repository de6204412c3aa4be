/*
 * ledger_rows(pack, which): a table-valued function of SQLite over entries of the ledger that are packed in MessagePack.
 *
 *     INSERT INTO exchanges SELECT c0, ... FROM ledger_rows(?, 0)     which = 0: the exchange of each entry
 *     INSERT INTO attempts  SELECT c0, ... FROM ledger_rows(?, 1)     which = 1: the attempts of each entry, in order
 *
 * A pack is one array of entries; an entry is [exchange, [attempt, ...]]; an exchange and an attempt are arrays of
 * integers, text and nil, in the order of their table's columns (routeproof.ledger.entries). So a group of entries
 * becomes rows without an interpreter's value for each column.
 *
 * Whatever does not follow that grammar fails the statement, with SQLITE_ERROR; an integer beyond 64 signed bits fails
 * it with SQLITE_TOOBIG. Nothing is read outside of the pack.
 */

#include <stdint.h>
#include <string.h>

#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#define COLUMNS_MAX 32
#define COLUMN_PACK COLUMNS_MAX
#define COLUMN_WHICH (COLUMNS_MAX + 1)

#define DAMAGED SQLITE_ERROR

enum kind { KIND_NIL, KIND_INT, KIND_TEXT };

struct value {
    enum kind kind;
    int64_t number;   /* of an integer */
    const char *text; /* inside the pack */
    int length;
};

struct reader {
    const unsigned char *at;
    const unsigned char *end;
};

struct cursor {
    sqlite3_vtab_cursor base;
    unsigned char *pack; /* a copy: the argument's bytes may go before the last row is read */
    struct reader reader;
    uint32_t entries_left;
    uint32_t attempts_left;
    int which;
    int ended;
    sqlite3_int64 rowid;
    int width;
    struct value row[COLUMNS_MAX];
};

/* -- MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), as far as it occurs in a pack */

static int take(struct reader *reader, size_t bytes, const unsigned char **found)
{
    if ((size_t)(reader->end - reader->at) < bytes)
        return DAMAGED;
    *found = reader->at;
    reader->at += bytes;
    return SQLITE_OK;
}

static int take_number(struct reader *reader, size_t bytes, uint64_t *number)
{
    const unsigned char *found;
    int status = take(reader, bytes, &found);
    *number = 0;
    for (size_t i = 0; status == SQLITE_OK && i < bytes; i++)
        *number = *number << 8 | found[i];
    return status;
}

static int read_array(struct reader *reader, uint32_t *count)
{
    uint64_t number = 0;
    const unsigned char *head;
    int status = take(reader, 1, &head);
    if (status != SQLITE_OK)
        return status;
    if ((*head & 0xf0) == 0x90)
        number = *head & 0x0f;
    else if (*head == 0xdc)
        status = take_number(reader, 2, &number);
    else if (*head == 0xdd)
        status = take_number(reader, 4, &number);
    else
        return DAMAGED;
    *count = (uint32_t)number;
    return status;
}

/* Unicode 15, table 3-7. What is not UTF-8 could be stored, but not be read again. */
static int is_utf8(const unsigned char *at, const unsigned char *end)
{
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000};
    for (uint64_t eight; end - at >= 8; at += 8) {
        memcpy(&eight, at, 8);
        if ((eight & 0x8080808080808080u) != 0)
            break;
    }
    while (at < end) {
        unsigned char lead = *at++;
        if (lead < 0x80)
            continue;
        int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || end - at < more)
            return 0;
        uint32_t code = lead & (0x3fu >> more);
        for (int i = 0; i < more; i++, at++) {
            if ((*at & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (*at & 0x3fu);
        }
        if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            return 0;
    }
    return 1;
}

static int read_text(struct reader *reader, uint64_t length, struct value *value)
{
    const unsigned char *found;
    if (length > INT32_MAX || take(reader, (size_t)length, &found) != SQLITE_OK || !is_utf8(found, reader->at))
        return DAMAGED;
    value->kind = KIND_TEXT;
    value->text = (const char *)found;
    value->length = (int)length;
    return SQLITE_OK;
}

static int read_integer(struct reader *reader, unsigned char head, struct value *value)
{
    static const size_t widths[4] = {1, 2, 4, 8};
    size_t width = widths[head & 3];
    uint64_t number;
    int is_signed = head >= 0xd0;
    if (take_number(reader, width, &number) != SQLITE_OK)
        return DAMAGED;
    if (is_signed && width < 8 && number >> (8 * width - 1))
        number |= UINT64_MAX << (8 * width);
    if (!is_signed && number > INT64_MAX)
        return SQLITE_TOOBIG;
    value->kind = KIND_INT;
    memcpy(&value->number, &number, sizeof number);
    return SQLITE_OK;
}

static int read_value(struct reader *reader, struct value *value)
{
    uint64_t length;
    const unsigned char *found;
    if (take(reader, 1, &found) != SQLITE_OK)
        return DAMAGED;
    unsigned char head = *found;
    if (head <= 0x7f || head >= 0xe0) {
        value->kind = KIND_INT;
        value->number = (signed char)head;
        return SQLITE_OK;
    }
    if (head == 0xc0) {
        value->kind = KIND_NIL;
        return SQLITE_OK;
    }
    if (head == 0xc2 || head == 0xc3) { /* false and true, which a driver binds as numbers too */
        value->kind = KIND_INT;
        value->number = head & 1;
        return SQLITE_OK;
    }
    if ((head & 0xe0) == 0xa0)
        return read_text(reader, head & 0x1f, value);
    if (head >= 0xcc && head <= 0xd3)
        return read_integer(reader, head, value);
    if (head >= 0xd9 && head <= 0xdb) {
        if (take_number(reader, (size_t)1 << (head - 0xd9), &length) != SQLITE_OK)
            return DAMAGED;
        return read_text(reader, length, value);
    }
    return DAMAGED;
}

static int read_row(struct reader *reader, struct value *row, int *width)
{
    uint32_t count;
    int status = read_array(reader, &count);
    if (status != SQLITE_OK)
        return status;
    if (count > COLUMNS_MAX)
        return DAMAGED;
    for (uint32_t i = 0; i < count && status == SQLITE_OK; i++)
        status = read_value(reader, &row[i]);
    *width = (int)count;
    return status;
}

/* -- the rows of a cursor */

static int next_entry(struct cursor *cursor)
{
    uint32_t members;
    int status = read_array(&cursor->reader, &members);
    if (status == SQLITE_OK && members != 2)
        status = DAMAGED;
    if (status == SQLITE_OK)
        status = read_row(&cursor->reader, cursor->row, &cursor->width);
    if (status == SQLITE_OK)
        status = read_array(&cursor->reader, &cursor->attempts_left);
    cursor->entries_left--;
    return status;
}

static int next_attempt(struct cursor *cursor)
{
    cursor->attempts_left--;
    return read_row(&cursor->reader, cursor->row, &cursor->width);
}

/* The end of the pack must be the end of its last entry. */
static int finish(struct cursor *cursor)
{
    cursor->ended = 1;
    return cursor->reader.at == cursor->reader.end ? SQLITE_OK : DAMAGED;
}

static int next_row(struct cursor *cursor)
{
    int status = SQLITE_OK;
    if (cursor->which == 0)
        while (cursor->attempts_left > 0 && status == SQLITE_OK)
            status = next_attempt(cursor);
    while (status == SQLITE_OK && cursor->attempts_left == 0) {
        if (cursor->entries_left == 0)
            return finish(cursor);
        status = next_entry(cursor);
        if (cursor->which == 0)
            return status;
    }
    return status == SQLITE_OK ? next_attempt(cursor) : status;
}

/* Says what is wrong, in the words that the statement's error will have. */
static int checked(struct cursor *cursor, int status)
{
    sqlite3_vtab *table = cursor->base.pVtab;
    if (status == DAMAGED) {
        sqlite3_free(table->zErrMsg);
        table->zErrMsg = sqlite3_mprintf("ledger_rows: the pack is damaged before its byte %lld",
                                         (sqlite3_int64)(cursor->reader.at - cursor->pack));
    }
    return status;
}

/* -- the table, as SQLite asks for it (https://sqlite.org/vtab.html) */

static int connect_table(sqlite3 *db, void *unused, int argc, const char *const *argv, sqlite3_vtab **table, char **error)
{
    (void)unused, (void)argc, (void)argv, (void)error;
    char declaration[32 + 6 * COLUMNS_MAX] = "CREATE TABLE x(";
    for (int i = 0; i < COLUMNS_MAX; i++)
        sqlite3_snprintf(8, declaration + strlen(declaration), "c%d,", i);
    strcat(declaration, "pack HIDDEN,which HIDDEN)");
    int status = sqlite3_declare_vtab(db, declaration);
    if (status != SQLITE_OK)
        return status;
    *table = sqlite3_malloc(sizeof **table);
    if (*table == NULL)
        return SQLITE_NOMEM;
    memset(*table, 0, sizeof **table);
    return sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
}

static int disconnect_table(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

/* Both arguments must be given; nothing else narrows what is read. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    int given = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
        int argument = constraint->iColumn - COLUMN_PACK;
        if (argument < 0 || argument > 1 || constraint->op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (!constraint->usable)
            return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = argument + 1;
        info->aConstraintUsage[i].omit = 1;
        given |= 1 << argument;
    }
    info->estimatedCost = 1000.0;
    return given == 3 ? SQLITE_OK : SQLITE_CONSTRAINT;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **base)
{
    (void)table;
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (cursor == NULL)
        return SQLITE_NOMEM;
    memset(cursor, 0, sizeof *cursor);
    *base = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    sqlite3_free(cursor->pack);
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int plan, const char *text, int argc, sqlite3_value **argv)
{
    (void)plan, (void)text;
    struct cursor *cursor = (struct cursor *)base;
    if (argc != 2 || sqlite3_value_type(argv[0]) != SQLITE_BLOB)
        return SQLITE_MISMATCH;
    int length = sqlite3_value_bytes(argv[0]);
    const void *given = sqlite3_value_blob(argv[0]);
    if (given == NULL && length > 0)
        return SQLITE_NOMEM;
    sqlite3_free(cursor->pack);
    cursor->pack = sqlite3_malloc(length + 1);
    if (cursor->pack == NULL)
        return SQLITE_NOMEM;
    if (length > 0)
        memcpy(cursor->pack, given, (size_t)length);
    cursor->reader.at = cursor->pack;
    cursor->reader.end = cursor->pack + length;
    cursor->which = sqlite3_value_int(argv[1]) != 0;
    cursor->attempts_left = 0;
    cursor->ended = 0;
    cursor->rowid = 0;
    int status = read_array(&cursor->reader, &cursor->entries_left);
    return checked(cursor, status == SQLITE_OK ? next_row(cursor) : status);
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    cursor->rowid++;
    return checked(cursor, next_row(cursor));
}

static int at_end(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->ended;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index)
{
    struct cursor *cursor = (struct cursor *)base;
    if (index >= cursor->width) /* the arguments, which are hidden, have no value of their own */
        return index < COLUMNS_MAX ? checked(cursor, DAMAGED) : SQLITE_OK;
    const struct value *value = &cursor->row[index];
    if (value->kind == KIND_INT)
        sqlite3_result_int64(context, value->number);
    else if (value->kind == KIND_TEXT)
        sqlite3_result_text(context, value->text, value->length, SQLITE_TRANSIENT); /* may outlive the pack: max() */
    else
        sqlite3_result_null(context);
    return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
    *rowid = ((struct cursor *)base)->rowid;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xConnect = connect_table,
    .xBestIndex = best_index,
    .xDisconnect = disconnect_table,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = row_id,
};

#ifdef _WIN32
__declspec(dllexport)
#else
__attribute__((visibility("default")))
#endif
int sqlite3_ledgerrows_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    (void)error;
    SQLITE_EXTENSION_INIT2(api);
    return sqlite3_create_module(db, "ledger_rows", &module, NULL);
}
