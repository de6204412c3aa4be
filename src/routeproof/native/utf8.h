/* One reading of UTF-8 for all that is written in C here. */

#ifndef ROUTEPROOF_UTF8_H
#define ROUTEPROOF_UTF8_H

#include <stddef.h>

/* One character that is not ASCII: its end, or NULL where it is not well-formed (Unicode 15, table 3-7). */
static inline const unsigned char *utf8_skip_wide(const unsigned char *at, const unsigned char *end)
{
    unsigned char lead = *at;
    unsigned char low = 0x80, high = 0xbf;
    int more;
    if (lead >= 0xc2 && lead <= 0xdf)
        more = 1;
    else if (lead >= 0xe0 && lead <= 0xef)
        more = 2;
    else if (lead >= 0xf0 && lead <= 0xf4)
        more = 3;
    else
        return NULL;
    if (end - at <= more)
        return NULL;
    if (lead == 0xe0)
        low = 0xa0;
    else if (lead == 0xed)
        high = 0x9f;
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f;
    if (at[1] < low || at[1] > high)
        return NULL;
    for (int i = 2; i <= more; i++)
        if ((at[i] & 0xc0) != 0x80)
            return NULL;
    return at + more + 1;
}

#endif
