// SPDX-License-Identifier: GPL-3.0-or-later
// What is beyond the edge of an image: its mirror image.
#pragma once

#include <glib.h>

/**
 * lac_mirror:
 * @i: an index, also a negative one
 * @n: how many values there are, at least 1
 *
 * Returns: the index below @n that is at @i when the values go on mirrored: 2 1 0 | 0 1 2
 */
static inline gsize
lac_mirror(gssize i, gsize n)
{
    gssize period = 2 * (gssize) n, at = ((i % period) + period) % period;
    return (gsize) (at < (gssize) n ? at : period - 1 - at);
}
