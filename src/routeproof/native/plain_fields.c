/* A chat request's body as its top-level members, where nothing about it is unusual: see plain.h. */

#include "plain_scan.h"

#define NAME_BYTES_MAX 64
#define COPY_BYTES_MAX 4096 /* a value up to this is copied; a larger one is a view of the body */

static PyObject *new_raw(PyObject *raw_type, PyObject *body, Py_ssize_t start, Py_ssize_t stop)
{
    PyObject *piece, *raw;
    if (stop - start <= COPY_BYTES_MAX) {
        piece = PyBytes_FromStringAndSize(PyBytes_AS_STRING(body) + start, stop - start);
    } else {
        PyObject *view = PyMemoryView_FromObject(body);
        if (view == NULL)
            return NULL;
        piece = PySequence_GetSlice(view, start, stop);
        Py_DECREF(view);
    }
    if (piece == NULL)
        return NULL;
    raw = PyObject_CallOneArg(raw_type, piece);
    Py_DECREF(piece);
    return raw;
}

/* A member's name, from its opening quote to behind its colon: plain names only. */
static place take_name(place at, PyObject **name)
{
    place start = ++at;
    while (Py_ISLOWER(*at) || Py_ISDIGIT(*at) || *at == '_')
        at++;
    if (*at != '"' || at == start || at - start > NAME_BYTES_MAX)
        return NULL;
    place stop = at;
    at = skip_space(at + 1);
    if (*at != ':')
        return NULL;
    *name = PyUnicode_FromStringAndSize((const char *)start, stop - start);
    return skip_space(at + 1);
}

/* One member into `fields`: its end, or NULL. An interpreter's error is left set. */
static place take_member(struct scan *scan, place at, PyObject *raw_type, PyObject *body, PyObject *fields)
{
    PyObject *name = NULL;
    if (*at != '"')
        return NULL;
    place value = take_name(at, &name);
    if (name == NULL)
        return NULL;
    place base = (place)PyBytes_AS_STRING(body);
    Py_ssize_t before = PyDict_GET_SIZE(fields);
    place stop = skip_value(scan, value);
    PyObject *raw = stop == NULL ? NULL : new_raw(raw_type, body, value - base, stop - base);
    if (raw == NULL || PyDict_SetItem(fields, name, raw) < 0 || PyDict_GET_SIZE(fields) == before)
        stop = NULL; /* the last of these: a name that is there already */
    Py_XDECREF(raw);
    Py_DECREF(name);
    return stop;
}

static int take_members(struct scan *scan, place at, PyObject *raw_type, PyObject *body, PyObject *fields,
                        Py_ssize_t fields_max)
{
    for (;;) {
        at = take_member(scan, skip_space(at), raw_type, body, fields);
        if (at == NULL || PyDict_GET_SIZE(fields) > fields_max)
            return 0;
        at = skip_space(at);
        if (*at == '}')
            return skip_space(at + 1) == scan->end;
        if (*at++ != ',')
            return 0;
    }
}

PyObject *plain_fields(PyObject *raw_type, PyObject *body, Py_ssize_t depth_max, Py_ssize_t fields_max)
{
    place start = (place)PyBytes_AS_STRING(body);
    struct scan scan;
    scan.end = start + PyBytes_GET_SIZE(body);
    if (depth_max < 1 || depth_max > LEVELS_MAX)
        Py_RETURN_NONE;
    scan.level_max = (int)depth_max - 1; /* the body itself is the first level */
    place at = skip_space(start);
    if (*at != '{')
        Py_RETURN_NONE;
    PyObject *fields = PyDict_New();
    if (fields == NULL)
        return NULL;
    if (take_members(&scan, at + 1, raw_type, body, fields, fields_max))
        return fields;
    Py_DECREF(fields);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}
