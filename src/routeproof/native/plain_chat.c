/* What the gateway reads of a chat answer or chunk, where nothing about it is unusual: see plain.h. */

#include "plain_scan.h"

#include <string.h>

/* A span of the data; `start` is NULL until it was found. */
struct span {
    place start;
    place stop;
};

struct chat {
    struct span model; /* with its quotes, or null */
    struct span usage;
    struct span finish_reason;
    Py_ssize_t count;   /* of choices; -1: absent */
    struct span reason; /* of the choice at hand, with its quotes, or null */
};

static int is_word(const struct span *span, const char *word)
{
    return (size_t)(span->stop - span->start) == strlen(word) && memcmp(span->start, word, strlen(word)) == 0;
}

/* A name without escapes, from its opening quote: the place of its value. */
static place take_name(struct scan *scan, place at, struct span *name)
{
    if (*at != '"')
        return NULL;
    name->start = at + 1;
    at = skip_string(at + 1, scan->end);
    if (at == NULL)
        return NULL;
    name->stop = at - 1;
    if (memchr(name->start, '\\', (size_t)(name->stop - name->start)) != NULL)
        return NULL;
    at = skip_space(at);
    return *at == ':' ? skip_space(at + 1) : NULL;
}

/* Takes the value of a member that begins at `at`: the place behind it, or NULL. */
typedef place (*take)(struct scan *scan, place at, const struct span *name, struct chat *chat);

/* An object's members, from behind its opening bracket to behind its closing one. */
static place take_object(struct scan *scan, place at, struct chat *chat, take take_value)
{
    at = skip_space(at);
    if (*at == '}')
        return at + 1;
    for (;;) {
        struct span name;
        at = take_name(scan, at, &name);
        if (at != NULL)
            at = take_value(scan, at, &name, chat);
        if (at == NULL)
            return NULL;
        at = skip_space(at);
        if (*at == '}')
            return at + 1;
        if (*at != ',')
            return NULL;
        at = skip_space(at + 1);
    }
}

/* A value that may come once. */
static place take_once(struct scan *scan, place at, struct span *kept)
{
    if (kept->start != NULL)
        return NULL;
    kept->start = at;
    kept->stop = skip_value(scan, at);
    return kept->stop;
}

/* A value that may come once, and is null or text without escapes. */
static place take_text(struct scan *scan, place at, struct span *kept)
{
    if (take_once(scan, at, kept) == NULL || (*at != '"' && !is_word(kept, "null")))
        return NULL;
    return memchr(at, '\\', (size_t)(kept->stop - at)) == NULL ? kept->stop : NULL;
}

static place take_of_choice(struct scan *scan, place at, const struct span *name, struct chat *chat)
{
    return is_word(name, "finish_reason") ? take_text(scan, at, &chat->reason) : skip_value(scan, at);
}

/* The choices, if each is an object, from their opening bracket: how many, and the last reason that is not empty. */
static place take_choices(struct scan *scan, place at, struct chat *chat)
{
    chat->count = 0;
    at = skip_space(at + 1);
    if (*at == ']')
        return at + 1;
    for (;;) {
        chat->reason.start = NULL;
        at = *at == '{' ? take_object(scan, at + 1, chat, take_of_choice) : NULL;
        if (at == NULL)
            return NULL;
        if (chat->reason.start != NULL && *chat->reason.start == '"' && !is_word(&chat->reason, "\"\""))
            chat->finish_reason = chat->reason;
        chat->count++;
        at = skip_space(at);
        if (*at == ']')
            return at + 1;
        if (*at != ',')
            return NULL;
        at = skip_space(at + 1);
    }
}

static place take_of_answer(struct scan *scan, place at, const struct span *name, struct chat *chat)
{
    if (is_word(name, "model"))
        return take_text(scan, at, &chat->model);
    if (is_word(name, "usage"))
        return take_once(scan, at, &chat->usage);
    if (is_word(name, "choices"))
        return *at == '[' && chat->count < 0 ? take_choices(scan, at, chat) : NULL;
    return is_word(name, "error") ? NULL : skip_value(scan, at);
}

/* Text in its quotes, null, or nothing. */
static PyObject *text_of(const struct span *span)
{
    if (span->start == NULL || *span->start != '"')
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8((const char *)span->start + 1, span->stop - span->start - 2, "strict");
}

static PyObject *usage_of(const struct chat *chat)
{
    if (chat->usage.start == NULL || is_word(&chat->usage, "null"))
        Py_RETURN_NONE;
    return PyBytes_FromStringAndSize((const char *)chat->usage.start, chat->usage.stop - chat->usage.start);
}

PyObject *plain_chat(PyObject *data)
{
    place start = (place)PyBytes_AS_STRING(data);
    struct scan scan = {.end = start + PyBytes_GET_SIZE(data), .level_max = LEVELS_MAX};
    struct chat chat = {.count = -1};
    place at = skip_space(start);
    at = *at == '{' ? take_object(&scan, at + 1, &chat, take_of_answer) : NULL;
    if (at == NULL || skip_space(at) != scan.end)
        Py_RETURN_NONE;
    return Py_BuildValue("(NnNN)", text_of(&chat.model), chat.count, usage_of(&chat), text_of(&chat.finish_reason));
}
