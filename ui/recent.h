// SPDX-License-Identifier: GPL-3.0-or-later
// Files that were open lately.
#pragma once

#include <glib.h>

void lac_recent_add(const char *path, const char *mime_type);
GPtrArray *lac_recent_list(guint n_max);
