// SPDX-License-Identifier: GPL-3.0-or-later
// A temporary folder as a test fixture, and the published data.
#pragma once

#include "core/data/atoms.h"

typedef struct {
    char *folder;
} LacScratch;

void lac_scratch_set_up(LacScratch *self, gconstpointer data);
void lac_scratch_tear_down(LacScratch *self, gconstpointer data);
char *lac_scratch_path(const LacScratch *self, const char *name);
char *
lac_scratch_write(const LacScratch *self, const char *name, gconstpointer bytes, gssize n_bytes);
guint lac_scratch_count(const LacScratch *self);
gboolean lac_scratch_is_same(const char *a, const char *b);
char *lac_scratch_find_data(const char *name);
LacAtoms *lac_scratch_read_published(const char *name, double scale);
