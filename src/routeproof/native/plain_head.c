/* The head of a provider's answer, where nothing about it is unusual: see plain.h. */

#include "plain.h"

#include <string.h>

#define NAME_BYTES_MAX 64
#define LENGTH_DIGITS_MAX 15

typedef const unsigned char *place;

/* Names that answers usually have: an object of each is kept, with its hash. */
static const char *const FAMILIAR[] = {
    "date", "content-type", "content-length", "connection", "server", "vary", "via", "cache-control", "x-request-id",
    "x-ds-trace-id", "set-cookie", "strict-transport-security", "x-content-type-options", "cf-ray", "cf-cache-status",
    "access-control-allow-credentials", "req-cost-time", "req-arrive-time", "resp-start-time",
    "x-envoy-upstream-service-time", "alt-svc", "x-oneapi-request-id",
};
#define FAMILIAR_COUNT (sizeof FAMILIAR / sizeof *FAMILIAR)

static PyObject *familiar[FAMILIAR_COUNT];
static unsigned char lower[256]; /* of the characters of a name (RFC 9110 5.6.2), zero for all others */

int plain_head_setup(void)
{
    for (int c = 'a'; c <= 'z'; c++)
        lower[c] = lower[c - 'a' + 'A'] = (unsigned char)c;
    for (const char *c = "0123456789!#$%&'*+-.^_`|~"; *c != '\0'; c++)
        lower[(unsigned char)*c] = (unsigned char)*c;
    for (size_t i = 0; i < FAMILIAR_COUNT; i++) {
        familiar[i] = PyBytes_FromString(FAMILIAR[i]);
        if (familiar[i] == NULL || PyObject_Hash(familiar[i]) == -1)
            return -1;
    }
    return 0;
}

static PyObject *name_object(const unsigned char *name, Py_ssize_t length)
{
    for (size_t i = 0; i < FAMILIAR_COUNT; i++)
        if (PyBytes_GET_SIZE(familiar[i]) == length && memcmp(PyBytes_AS_STRING(familiar[i]), name, (size_t)length) == 0) {
            Py_INCREF(familiar[i]);
            return familiar[i];
        }
    return PyBytes_FromStringAndSize((const char *)name, length);
}

static int is_name(const unsigned char *name, Py_ssize_t length, const char *wanted)
{
    return (size_t)length == strlen(wanted) && memcmp(name, wanted, (size_t)length) == 0;
}

/* The rest of a line, if it is printable: where its CRLF stands, or NULL. */
static place line_end(place at)
{
    while (*at >= 0x20 && *at != 0x7f)
        at++;
    return at[0] == '\r' && at[1] == '\n' ? at : NULL;
}

struct head {
    int status;
    Py_ssize_t content_length; /* -1 until it was read */
    PyObject *fields;
};

static int read_length(place value, place stop, Py_ssize_t *length)
{
    if (*length >= 0 || stop == value || stop - value > LENGTH_DIGITS_MAX)
        return 0;
    *length = 0;
    for (; value < stop; value++) {
        if (!Py_ISDIGIT(*value))
            return 0;
        *length = *length * 10 + (*value - '0');
    }
    return 1;
}

static int is_keep_alive(place value, place stop)
{
    static const char wanted[] = "keep-alive";
    if (stop - value != sizeof wanted - 1)
        return 0;
    for (int i = 0; value + i < stop; i++)
        if (lower[value[i]] != (unsigned char)wanted[i])
            return 0;
    return 1;
}

/* Fields that decide on the framing: whether they leave it as plain as a lone length does. */
static int is_plain_field(struct head *head, const unsigned char *name, Py_ssize_t length, place value, place stop)
{
    if (is_name(name, length, "content-length"))
        return read_length(value, stop, &head->content_length);
    if (is_name(name, length, "connection"))
        return is_keep_alive(value, stop);
    return !is_name(name, length, "transfer-encoding") && !is_name(name, length, "upgrade") &&
           !is_name(name, length, "proxy-connection");
}

static int keep_field(struct head *head, const unsigned char *name, Py_ssize_t length, place value, place stop)
{
    Py_ssize_t before = PyDict_GET_SIZE(head->fields);
    PyObject *key = name_object(name, length);
    PyObject *text = PyBytes_FromStringAndSize((const char *)value, stop - value);
    int kept = key != NULL && text != NULL && PyDict_SetItem(head->fields, key, text) == 0;
    Py_XDECREF(key);
    Py_XDECREF(text);
    return kept && PyDict_GET_SIZE(head->fields) > before;
}

/* One line "Name: value": where the next one begins, or NULL. */
static place take_field(struct head *head, place at)
{
    unsigned char name[NAME_BYTES_MAX];
    Py_ssize_t length = 0;
    for (; lower[*at] != 0; at++) {
        if (length == NAME_BYTES_MAX)
            return NULL;
        name[length++] = lower[*at];
    }
    if (*at++ != ':' || length == 0)
        return NULL;
    while (*at == ' ')
        at++;
    place stop = line_end(at);
    if (stop == NULL || stop == at || stop[-1] == ' ')
        return NULL;
    if (!is_plain_field(head, name, length, at, stop) || !keep_field(head, name, length, at, stop))
        return NULL;
    return stop + 2;
}

/* "HTTP/1.1 200 OK", for a status whose answer has a body: where the fields begin, or NULL. */
static place take_status(struct head *head, place at, place end)
{
    static const char version[] = "HTTP/1.1 ";
    size_t skipped = sizeof version - 1;
    if ((size_t)(end - at) < skipped + 4 || memcmp(at, version, skipped) != 0)
        return NULL;
    at += skipped;
    if (!Py_ISDIGIT(at[0]) || !Py_ISDIGIT(at[1]) || !Py_ISDIGIT(at[2]) || at[3] != ' ')
        return NULL;
    head->status = (at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0');
    if (head->status < 200 || head->status > 599 || head->status == 204 || head->status == 304)
        return NULL;
    place stop = line_end(at + 4);
    return stop == NULL ? NULL : stop + 2;
}

static PyObject *read_head(struct head *head, place start, place end, Py_ssize_t head_bytes_max)
{
    place at = take_status(head, start, end);
    while (at != NULL && at[0] != '\r')
        at = take_field(head, at);
    if (at == NULL || at[1] != '\n' || head->content_length <= 0)
        return NULL;
    Py_ssize_t size = at + 2 - start;
    if (size > head_bytes_max)
        return NULL;
    return Py_BuildValue("(iOnn)", head->status, head->fields, size, head->content_length);
}

PyObject *plain_head(PyObject *data, Py_ssize_t head_bytes_max)
{
    place start = (place)PyBytes_AS_STRING(data);
    struct head head = {.status = 0, .content_length = -1, .fields = PyDict_New()};
    if (head.fields == NULL)
        return NULL;
    PyObject *found = read_head(&head, start, start + PyBytes_GET_SIZE(data), head_bytes_max);
    Py_DECREF(head.fields);
    if (found == NULL && !PyErr_Occurred())
        Py_RETURN_NONE;
    return found;
}
