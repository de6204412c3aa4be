/*
 * A scanner of JSON inside a bytes object. Each function takes a place and gives the one behind what it has skipped, or
 * NULL where there is no such thing. The NUL that ends a bytes object is legal nowhere, so nothing reads beyond it.
 */

#ifndef ROUTEPROOF_PLAIN_SCAN_H
#define ROUTEPROOF_PLAIN_SCAN_H

#include "plain.h"

#define LEVELS_MAX 256 /* of the scanner's own; the interpreter's JSON reader gives up at some 1,000 */

typedef const unsigned char *place;

struct scan {
    place end; /* of the bytes object */
    int level_max;
    int level; /* and what is open at each, while a value is skipped */
    unsigned char is_object[LEVELS_MAX + 1];
};

place skip_space(place at);

/* A string, from behind its opening quote to behind its closing one; escaped surrogates are no string here. */
place skip_string(place at, place end);

/* A value that nests no deeper than `level_max`, from its first byte. */
place skip_value(struct scan *scan, place at);

#endif
