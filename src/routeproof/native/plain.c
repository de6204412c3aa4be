/* The module `routeproof.native.plain`: what plain.h declares, as Python calls it. */

#include "plain.h"

static PyObject *raw_type; /* msgspec.Raw */

static int is_bytes(PyObject *value)
{
    if (PyBytes_CheckExact(value))
        return 1;
    PyErr_Format(PyExc_TypeError, "bytes are read, not %.100s", Py_TYPE(value)->tp_name);
    return 0;
}

static int count_given(const char *name, Py_ssize_t given, Py_ssize_t wanted)
{
    if (given == wanted)
        return 1;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments", name, wanted);
    return 0;
}

/* A number beyond what a size holds becomes the largest or smallest one: too much of anything stays too much. */
static int as_size(PyObject *value, Py_ssize_t *size)
{
    *size = PyNumber_AsSsize_t(value, NULL);
    return *size != -1 || !PyErr_Occurred();
}

static PyObject *call_plain_fields(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    (void)module;
    Py_ssize_t depth_max, fields_max;
    if (!count_given("plain_fields", given, 3) || !is_bytes(args[0]))
        return NULL;
    if (!as_size(args[1], &depth_max) || !as_size(args[2], &fields_max))
        return NULL;
    return plain_fields(raw_type, args[0], depth_max, fields_max);
}

static PyObject *call_plain_chat(PyObject *module, PyObject *data)
{
    (void)module;
    return is_bytes(data) ? plain_chat(data) : NULL;
}

static PyObject *call_plain_head(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    (void)module;
    Py_ssize_t head_bytes_max;
    if (!count_given("plain_head", given, 2) || !is_bytes(args[0]) || !as_size(args[1], &head_bytes_max))
        return NULL;
    return plain_head(args[0], head_bytes_max);
}

static PyObject *call_plain_pack(PyObject *module, PyObject *record)
{
    (void)module;
    return plain_pack(record);
}

static PyObject *call_plain_request(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    (void)module;
    if (!count_given("plain_request", given, 2) || !is_bytes(args[0]))
        return NULL;
    if (!PyDict_CheckExact(args[1])) {
        PyErr_SetString(PyExc_TypeError, "fields are a dict");
        return NULL;
    }
    return plain_request(raw_type, args[0], args[1]);
}

static PyObject *call_write_record(PyObject *module, PyObject *const *args, Py_ssize_t given)
{
    (void)module;
    Py_ssize_t at;
    Py_buffer map;
    if (!count_given("write_record", given, 3) || !as_size(args[1], &at) || !is_bytes(args[2]))
        return NULL;
    if (PyObject_GetBuffer(args[0], &map, PyBUF_WRITABLE) < 0)
        return NULL;
    int status = write_record(&map, at, PyBytes_AS_STRING(args[2]), PyBytes_GET_SIZE(args[2]));
    PyBuffer_Release(&map);
    if (status < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"plain_fields", (PyCFunction)(void (*)(void))call_plain_fields, METH_FASTCALL,
     "The members of a request's body, or None where it must be read the long way."},
    {"plain_chat", call_plain_chat, METH_O,
     "What is read of a chat answer or chunk, or None where it must be read the long way."},
    {"plain_head", (PyCFunction)(void (*)(void))call_plain_head, METH_FASTCALL,
     "The head that an answer begins with, or None where it must be read the long way."},
    {"plain_pack", call_plain_pack, METH_O,
     "A record of the ledger in MessagePack, or None where it must be packed the long way."},
    {"plain_request", (PyCFunction)(void (*)(void))call_plain_request, METH_FASTCALL,
     "A whole request of a head and fields, or None where it must be written the long way."},
    {"write_record", (PyCFunction)(void (*)(void))call_write_record, METH_FASTCALL,
     "Write a record at a place of a mapped file. Raises ValueError where it does not fit."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "routeproof.native.plain",
    .m_doc = "The plain cases of what the data plane reads and writes most.",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_plain(void)
{
    PyObject *msgspec = PyImport_ImportModule("msgspec");
    if (msgspec == NULL)
        return NULL;
    raw_type = PyObject_GetAttrString(msgspec, "Raw");
    Py_DECREF(msgspec);
    if (raw_type == NULL || plain_head_setup() < 0)
        return NULL;
    write_record_setup();
    return PyModule_Create(&definition);
}
