// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory this computer has left, and how numbers of bytes and seconds are said.
#pragma once

#include <glib.h>

guint64 lac_memory_available(void);
char *lac_format_bytes(guint64 n_bytes);
char *lac_format_duration(double seconds);
