/*
 * The plain cases of what the data plane reads and writes most, in C.
 *
 * A reader here either gives exactly what the Python beside it would give, or None: 'not plain, read it the long way'.
 * It refuses nothing and explains nothing, so there is one place for both. Bytes objects end with a NUL that is no part
 * of them and is legal nowhere in what is read, so a reader that stops at the first byte it does not know never passes
 * their end.
 */

#ifndef ROUTEPROOF_PLAIN_H
#define ROUTEPROOF_PLAIN_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* dict[str, Raw] of a request's body, or None (routeproof.wire.body). */
PyObject *plain_fields(PyObject *raw_type, PyObject *body, Py_ssize_t depth_max, Py_ssize_t fields_max);

/* (model, choices, usage, finish_reason) of a chat answer or chunk, or None (routeproof.wire.chat_view). */
PyObject *plain_chat(PyObject *data);

/* (status, fields, size, content_length) of an answer that begins with a whole head, or None (routeproof.net.upstream). */
PyObject *plain_head(PyObject *data, Py_ssize_t head_bytes_max);
int plain_head_setup(void);

/* The bytes of a request: `head`, which ends where its Content-Length's value begins, and `fields` as JSON; or None. */
PyObject *plain_request(PyObject *raw_type, PyObject *head, PyObject *fields);

/* MessagePack of a record of integers, text, None, lists and records, as an array; or None (routeproof.store.fitting). */
PyObject *plain_pack(PyObject *record);

/* Length, checksum and payload into a slot of the flight recorder (routeproof.store.slot_file). */
int write_record(Py_buffer *map, Py_ssize_t at, const char *payload, Py_ssize_t length);
void write_record_setup(void);

#endif
