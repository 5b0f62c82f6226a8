// SPDX-License-Identifier: GPL-3.0-or-later
// Results in words and numbers: each number with its unit, definition and parameters. What the
// window shows, the command line prints and the project keeps.
#pragma once

#include "core/data/table.h"

// One number or word.
typedef struct {
    char *key;        // stable: "cutoff"
    char *title;      // "Cut-off of neighbours"
    char *unit;       // "" for a pure number or a word
    char *definition; // how it is defined, in words
    double value;     // NaN when it is undefined or a word
    double error;     // one standard deviation; NaN when unknown
    guint digits;     // significant digits; 0: a whole number
    char *text;       // (nullable) the word
} LacReportItem;

// One analysis.
typedef struct {
    char *id, *title, *definition;
    char *problem;         // (nullable) why it has no result
    char *digest;          // of all it was computed from
    double seconds;        // that it took
    gboolean stale;        // atoms were edited since; not yet computed again
    GPtrArray *parameters; // of LacReportItem
    GPtrArray *items;      // of LacReportItem
    GPtrArray *tables;     // of LacTable; that of the atoms is called "atoms"
} LacReportSection;

// Immutable once published.
typedef struct {
    gatomicrefcount ref_count;
    GPtrArray *sections; // of LacReportSection
} LacReport;

LacReport *lac_report_new(void);
LacReport *lac_report_ref(LacReport *self);
void lac_report_unref(LacReport *self);
LacReportSection *
lac_report_add_section(LacReport *self, const char *id, const char *title, const char *definition);
const LacReportSection *lac_report_find(const LacReport *self, const char *id);
LacReportItem *lac_report_add(LacReportSection *section, const char *key, const char *title,
    double value, guint digits, const char *unit, const char *definition);
LacReportItem *lac_report_add_error(LacReportSection *section, const char *key, const char *title,
    double value, double error, guint digits, const char *unit, const char *definition);
LacReportItem *lac_report_add_text(LacReportSection *section, const char *key, const char *title,
    const char *text, const char *definition);
LacReportItem *lac_report_add_parameter(LacReportSection *section, const char *key,
    const char *title, double value, const char *text, const char *unit, const char *definition);
const LacReportItem *lac_report_section_find(const LacReportSection *section, const char *key);
char *lac_report_item_dup_text(const LacReportItem *item);
char *lac_report_dup_text(const LacReport *self);
char *lac_report_dup_json(const LacReport *self);
void lac_report_add_json(const LacReport *self, gpointer builder);
gboolean lac_report_write_csv(const LacReport *self, const char *folder, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacReport, lac_report_unref)
