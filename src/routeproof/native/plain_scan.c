/* JSON, skipped while it is checked against RFC 8259: see plain_scan.h. */

#include "plain_scan.h"
#include "utf8.h"

#include <string.h>

/*
 * How many bytes stand before the first that is below 0x20, a quote, a backslash or not ASCII, of the RUN bytes that are
 * looked at together; a lower number is no error, since the bytes after it are then looked at one by one.
 */
#ifdef __SSE2__ /* every x86-64 has it */

#include <emmintrin.h>

#define RUN 16

static int plain_bytes(const unsigned char *at)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    __m128i found = _mm_or_si128(_mm_or_si128(controls, quotes), _mm_or_si128(backslashes, bytes));
    int places = _mm_movemask_epi8(found);
    return places == 0 ? RUN : __builtin_ctz((unsigned)places);
}

#else

#define RUN 8
#define ONES 0x0101010101010101ULL

static int plain_bytes(const unsigned char *at)
{
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    uint64_t quotes = eight ^ ONES * '"';
    uint64_t backslashes = eight ^ ONES * '\\';
    uint64_t found = (eight - ONES * 0x20) | (quotes - ONES) | (backslashes - ONES) | eight;
    return (found & ONES * 0x80) == 0 ? RUN : 0;
}

#endif

/* Four hexadecimal digits that name no surrogate: whether two of those are a pair is not looked at here. */
static place skip_code(place at)
{
    for (int i = 0; i < 4; i++)
        if (!Py_ISXDIGIT(at[i]))
            return NULL;
    int surrogate = (at[0] == 'd' || at[0] == 'D') && !(at[1] >= '0' && at[1] <= '7');
    return surrogate ? NULL : at + 4;
}

/* An escape, from behind its backslash. */
static place skip_escape(place at)
{
    switch (*at) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 1;
    case 'u':
        return skip_code(at + 1);
    default:
        return NULL;
    }
}

/* A string, from behind its opening quote; the end is behind its closing one. */
place skip_string(place at, place end)
{
    for (;;) {
        int plain = RUN;
        while (plain == RUN && end - at >= RUN) {
            plain = plain_bytes(at);
            at += plain;
        }
        while (*at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
            at++;
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at = skip_escape(at + 1);
        else if (*at >= 0x80)
            at = utf8_skip_wide(at, end);
        else
            return NULL; /* a control character, or the end of the body */
        if (at == NULL)
            return NULL;
    }
}

place skip_space(place at)
{
    while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
        at++;
    return at;
}

static place skip_digits(place at)
{
    if (!Py_ISDIGIT(*at))
        return NULL;
    while (Py_ISDIGIT(*at))
        at++;
    return at;
}

static place skip_number(place at)
{
    if (*at == '-')
        at++;
    at = *at == '0' ? at + 1 : skip_digits(at);
    if (at != NULL && *at == '.')
        at = skip_digits(at + 1);
    if (at != NULL && (*at == 'e' || *at == 'E')) {
        at++;
        if (*at == '+' || *at == '-')
            at++;
        at = skip_digits(at);
    }
    return at;
}

static place skip_word(place at, place end, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(end - at) >= length && memcmp(at, word, length) == 0 ? at + length : NULL;
}

static place skip_scalar(place at, place end)
{
    switch (*at) {
    case '"':
        return skip_string(at + 1, end);
    case 't':
        return skip_word(at, end, "true");
    case 'f':
        return skip_word(at, end, "false");
    case 'n':
        return skip_word(at, end, "null");
    default:
        return skip_number(at);
    }
}

/* A name and its colon; what follows is its value. */
static place skip_name(place at, place end)
{
    at = skip_space(at);
    if (*at != '"')
        return NULL;
    at = skip_string(at + 1, end);
    if (at == NULL)
        return NULL;
    at = skip_space(at);
    return *at == ':' ? skip_space(at + 1) : NULL;
}

/* Closes what ends here, opens what comes next: the begin of the next value, or the end of the whole (level 0). */
static place skip_ends(struct scan *scan, place at)
{
    while (at != NULL && scan->level > 0) {
        int is_object = scan->is_object[scan->level];
        at = skip_space(at);
        if (*at == ',')
            return is_object ? skip_name(at + 1, scan->end) : skip_space(at + 1);
        if (*at != (is_object ? '}' : ']'))
            return NULL;
        scan->level--;
        at++;
    }
    return at;
}

/* A value of any depth: its end, or NULL where it is no JSON or nests too deep. */
place skip_value(struct scan *scan, place at)
{
    scan->level = 0;
    do {
        int is_object = *at == '{';
        if (is_object || *at == '[') {
            if (++scan->level > scan->level_max)
                return NULL;
            scan->is_object[scan->level] = (unsigned char)is_object;
            at = skip_space(at + 1);
            if (*at == (is_object ? '}' : ']')) {
                scan->level--;
                at = skip_ends(scan, at + 1);
            } else if (is_object) {
                at = skip_name(at, scan->end);
            }
        } else {
            at = skip_scalar(at, scan->end);
            if (at != NULL)
                at = skip_ends(scan, at);
        }
    } while (at != NULL && scan->level > 0);
    return at;
}
