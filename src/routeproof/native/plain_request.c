/* A request to a provider, head and body, where nothing about its fields is unusual: see plain.h. */

#include "plain.h"

#include <stdio.h>
#include <string.h>

#define FIELDS_MAX 64
#define LENGTH_ROOM 32 /* for the digits of a length and the two line ends behind it */

struct member {
    PyObject *name;
    Py_buffer value;
};

/* A name that JSON writes as it is. */
static int is_plain_name(PyObject *name)
{
    if (!PyUnicode_CheckExact(name) || !PyUnicode_IS_COMPACT_ASCII(name))
        return 0;
    const unsigned char *at = PyUnicode_DATA(name);
    for (Py_ssize_t left = PyUnicode_GET_LENGTH(name); left > 0; left--, at++)
        if (!Py_ISALNUM(*at) && *at != '_')
            return 0;
    return 1;
}

/* The members of `fields`, whose values are to be released: how many, or -1 where one of them is not plain. */
static int take_members(PyObject *raw_type, PyObject *fields, struct member *members, int *taken)
{
    Py_ssize_t position = 0;
    PyObject *name, *value;
    while (PyDict_Next(fields, &position, &name, &value)) {
        if (*taken == FIELDS_MAX || !is_plain_name(name) || Py_TYPE(value) != (PyTypeObject *)raw_type)
            return -1;
        if (PyObject_GetBuffer(value, &members[*taken].value, PyBUF_SIMPLE) < 0)
            return -1;
        members[(*taken)++].name = name;
    }
    return *taken;
}

static Py_ssize_t body_length(const struct member *members, int count)
{
    Py_ssize_t length = count == 0 ? 2 : 1 + count; /* brackets and commas */
    for (int i = 0; i < count; i++)
        length += PyUnicode_GET_LENGTH(members[i].name) + 3 + members[i].value.len;
    return length;
}

static char *put(char *at, const void *bytes, Py_ssize_t length)
{
    memcpy(at, bytes, (size_t)length);
    return at + length;
}

static void write_body(char *at, const struct member *members, int count)
{
    *at++ = '{';
    for (int i = 0; i < count; i++) {
        if (i > 0)
            *at++ = ',';
        *at++ = '"';
        at = put(at, PyUnicode_DATA(members[i].name), PyUnicode_GET_LENGTH(members[i].name));
        at = put(at, "\":", 2);
        at = put(at, members[i].value.buf, members[i].value.len);
    }
    *at = '}';
}

static PyObject *new_request(PyObject *head, const struct member *members, int count)
{
    char length_lines[LENGTH_ROOM];
    Py_ssize_t body = body_length(members, count);
    int digits = snprintf(length_lines, sizeof length_lines, "%zd\r\n\r\n", body);
    PyObject *request = PyBytes_FromStringAndSize(NULL, PyBytes_GET_SIZE(head) + digits + body);
    if (request == NULL)
        return NULL;
    char *at = put(PyBytes_AS_STRING(request), PyBytes_AS_STRING(head), PyBytes_GET_SIZE(head));
    write_body(put(at, length_lines, digits), members, count);
    return request;
}

PyObject *plain_request(PyObject *raw_type, PyObject *head, PyObject *fields)
{
    struct member members[FIELDS_MAX];
    int taken = 0;
    PyObject *request = NULL;
    if (take_members(raw_type, fields, members, &taken) >= 0)
        request = new_request(head, members, taken);
    for (int i = 0; i < taken; i++)
        PyBuffer_Release(&members[i].value);
    if (request == NULL && !PyErr_Occurred())
        Py_RETURN_NONE;
    return request;
}
