/*
 * ledger_rows(pack, which): a table-valued function of SQLite over entries of the ledger that are packed in MessagePack.
 *
 *     INSERT INTO exchanges SELECT c0, ... FROM ledger_rows(?, 0)     which = 0: the exchange of each entry
 *     INSERT INTO attempts  SELECT c0, ... FROM ledger_rows(?, 1)     which = 1: the attempts of each entry, in order
 *
 * So a group of entries (ledger_pack.h) becomes rows without an interpreter's value for each column. A damaged pack fails
 * the statement with SQLITE_ERROR, an integer beyond 64 signed bits with SQLITE_TOOBIG.
 */

#include "ledger_pack.h"

#include <string.h>

#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#define COLUMN_PACK COLUMNS_MAX
#define COLUMN_WHICH (COLUMNS_MAX + 1)

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

/* -- the rows of a cursor */

static int next_entry(struct cursor *cursor)
{
    uint32_t members;
    int status = pack_read_array(&cursor->reader, &members);
    if (status == PACK_OK && members != 2)
        status = PACK_DAMAGED;
    if (status == PACK_OK)
        status = pack_read_row(&cursor->reader, cursor->row, &cursor->width);
    if (status == PACK_OK)
        status = pack_read_array(&cursor->reader, &cursor->attempts_left);
    cursor->entries_left--;
    return status;
}

static int next_attempt(struct cursor *cursor)
{
    cursor->attempts_left--;
    return pack_read_row(&cursor->reader, cursor->row, &cursor->width);
}

/* The end of the pack must be the end of its last entry. */
static int finish(struct cursor *cursor)
{
    cursor->ended = 1;
    return cursor->reader.at == cursor->reader.end ? PACK_OK : PACK_DAMAGED;
}

static int next_row(struct cursor *cursor)
{
    int status = PACK_OK;
    if (cursor->which == 0)
        while (cursor->attempts_left > 0 && status == PACK_OK)
            status = next_attempt(cursor);
    while (status == PACK_OK && cursor->attempts_left == 0) {
        if (cursor->entries_left == 0)
            return finish(cursor);
        status = next_entry(cursor);
        if (cursor->which == 0)
            return status;
    }
    return status == PACK_OK ? next_attempt(cursor) : status;
}

/* A pack's status as SQLite's; what is wrong with a damaged one is said in the words that the statement's error has. */
static int checked(struct cursor *cursor, int status)
{
    sqlite3_vtab *table = cursor->base.pVtab;
    if (status == PACK_OK)
        return SQLITE_OK;
    if (status == PACK_TOO_BIG)
        return SQLITE_TOOBIG;
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("ledger_rows: the pack is damaged before its byte %lld",
                                     (sqlite3_int64)(cursor->reader.at - cursor->pack));
    return SQLITE_ERROR;
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
    int status = pack_read_array(&cursor->reader, &cursor->entries_left);
    return checked(cursor, status == PACK_OK ? next_row(cursor) : status);
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
        return index < COLUMNS_MAX ? checked(cursor, PACK_DAMAGED) : SQLITE_OK;
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
