// SPDX-License-Identifier: GPL-3.0-or-later
// The log of corrections as a file for people and other programs: CSV to read, JSON to replay.
#pragma once

#include "core/data/journal.h"
#include "core/progress.h"

gboolean lac_edit_log_write(const LacJournal *journal, const char *path, GError **error);
LacJournal *
lac_edit_log_replay(LacAtoms *base, const char *path, LacProgress *progress, GError **error);
