/* A record of the ledger in MessagePack, where nothing about it is unusual: see plain.h. */

#include "plain.h"

#include <string.h>
#include <structmember.h>

#define PACK_BYTES_MAX 4096
#define DEPTH_MAX 4
#define FIELDS_MAX 32
#define TYPES_MAX 8

/* Where a type of records keeps its fields: each is a slot that holds an object. */
struct layout {
    PyTypeObject *type;
    Py_ssize_t count;
    Py_ssize_t offsets[FIELDS_MAX];
};

static struct layout layouts[TYPES_MAX];
static size_t layouts_known;

struct pack {
    unsigned char *at;
    unsigned char *end;
};

/* -- what is written; 0 where there is no room or it is not plain */

static int put_head(struct pack *pack, unsigned char head, uint64_t number, int width)
{
    if (pack->end - pack->at < width + 1)
        return 0;
    *pack->at++ = head;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
        *pack->at++ = (unsigned char)(number >> shift);
    return 1;
}

static int put_integer(struct pack *pack, PyObject *value)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0)
        return 0;
    if (number >= 0) {
        uint64_t size = (uint64_t)number;
        if (size < 0x80)
            return put_head(pack, (unsigned char)size, 0, 0);
        if (size <= UINT8_MAX)
            return put_head(pack, 0xcc, size, 1);
        if (size <= UINT16_MAX)
            return put_head(pack, 0xcd, size, 2);
        return size <= UINT32_MAX ? put_head(pack, 0xce, size, 4) : put_head(pack, 0xcf, size, 8);
    }
    if (number >= -32)
        return put_head(pack, (unsigned char)number, 0, 0);
    if (number >= INT8_MIN)
        return put_head(pack, 0xd0, (uint64_t)number, 1);
    if (number >= INT16_MIN)
        return put_head(pack, 0xd1, (uint64_t)number, 2);
    return number >= INT32_MIN ? put_head(pack, 0xd2, (uint64_t)number, 4) : put_head(pack, 0xd3, (uint64_t)number, 8);
}

static int put_text(struct pack *pack, PyObject *value)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    int put;
    if (text == NULL) { /* a lone surrogate */
        PyErr_Clear();
        return 0;
    }
    if (length < 0x20)
        put = put_head(pack, (unsigned char)(0xa0 | length), 0, 0);
    else if (length <= UINT8_MAX)
        put = put_head(pack, 0xd9, (uint64_t)length, 1);
    else
        put = length <= UINT16_MAX && put_head(pack, 0xda, (uint64_t)length, 2);
    if (!put || pack->end - pack->at < length)
        return 0;
    memcpy(pack->at, text, (size_t)length);
    pack->at += length;
    return 1;
}

static int put_array_head(struct pack *pack, Py_ssize_t count)
{
    if (count < 0x10)
        return put_head(pack, (unsigned char)(0x90 | count), 0, 0);
    return count <= UINT16_MAX && put_head(pack, 0xdc, (uint64_t)count, 2);
}

static int put_value(struct pack *pack, PyObject *value, int depth);

static int put_list(struct pack *pack, PyObject *list, int depth)
{
    int put = put_array_head(pack, PyList_GET_SIZE(list));
    for (Py_ssize_t i = 0; put && i < PyList_GET_SIZE(list); i++)
        put = put_value(pack, PyList_GET_ITEM(list, i), depth + 1);
    return put;
}

/* -- records */

/* Where a slot lies in its objects; 0 where it is no slot that holds an object. */
static Py_ssize_t offset_of(PyObject *slot)
{
    if (!Py_IS_TYPE(slot, &PyMemberDescr_Type))
        return 0;
    const PyMemberDef *member = ((PyMemberDescrObject *)slot)->d_member;
    return member->type == T_OBJECT_EX ? member->offset : 0;
}

/* Finds the slots of a type's fields once. They stay where they are for as long as the type lives, which is kept. */
static const struct layout *new_layout(PyTypeObject *type, PyObject *names)
{
    struct layout *layout = &layouts[layouts_known];
    if (layouts_known == TYPES_MAX || !PyTuple_CheckExact(names) || PyTuple_GET_SIZE(names) > FIELDS_MAX)
        return NULL;
    layout->count = PyTuple_GET_SIZE(names);
    for (Py_ssize_t i = 0; i < layout->count; i++) {
        PyObject *slot = PyObject_GetAttr((PyObject *)type, PyTuple_GET_ITEM(names, i));
        layout->offsets[i] = slot == NULL ? 0 : offset_of(slot);
        Py_XDECREF(slot);
        if (layout->offsets[i] == 0)
            return NULL;
    }
    Py_INCREF(type);
    layout->type = type;
    layouts_known++;
    return layout;
}

static const struct layout *layout_of(PyTypeObject *type)
{
    for (size_t i = 0; i < layouts_known; i++)
        if (layouts[i].type == type)
            return &layouts[i];
    PyObject *names = PyObject_GetAttrString((PyObject *)type, "__struct_fields__");
    const struct layout *layout = names == NULL ? NULL : new_layout(type, names);
    Py_XDECREF(names);
    PyErr_Clear();
    return layout;
}

static int put_record(struct pack *pack, PyObject *record, int depth)
{
    const struct layout *layout = layout_of(Py_TYPE(record));
    if (layout == NULL || !put_array_head(pack, layout->count))
        return 0;
    for (Py_ssize_t i = 0; i < layout->count; i++) {
        PyObject *value = *(PyObject **)((char *)record + layout->offsets[i]);
        if (value == NULL || !put_value(pack, value, depth + 1))
            return 0;
    }
    return 1;
}

static int put_value(struct pack *pack, PyObject *value, int depth)
{
    if (value == Py_None)
        return put_head(pack, 0xc0, 0, 0);
    if (PyLong_CheckExact(value))
        return put_integer(pack, value);
    if (PyUnicode_CheckExact(value))
        return put_text(pack, value);
    if (depth == DEPTH_MAX)
        return 0;
    return PyList_CheckExact(value) ? put_list(pack, value, depth) : put_record(pack, value, depth);
}

PyObject *plain_pack(PyObject *record)
{
    unsigned char room[PACK_BYTES_MAX];
    struct pack pack = {room, room + sizeof room};
    if (!put_record(&pack, record, 0))
        Py_RETURN_NONE;
    return PyBytes_FromStringAndSize((const char *)room, pack.at - room);
}
