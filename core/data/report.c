// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/report.h"

#include <math.h>

static void
free_item(gpointer data)
{
    LacReportItem *item = data;
    g_free(item->key);
    g_free(item->title);
    g_free(item->unit);
    g_free(item->definition);
    g_free(item->text);
    g_free(item);
}

static void
free_table(gpointer data)
{
    lac_table_free(data);
}

static void
free_section(gpointer data)
{
    LacReportSection *section = data;
    g_free(section->id);
    g_free(section->title);
    g_free(section->definition);
    g_free(section->problem);
    g_free(section->digest);
    g_ptr_array_unref(section->parameters);
    g_ptr_array_unref(section->items);
    g_ptr_array_unref(section->tables);
    g_free(section);
}

/**
 * lac_report_new:
 *
 * Returns: (transfer full): a report without sections
 */
LacReport *
lac_report_new(void)
{
    LacReport *self = g_new0(LacReport, 1);
    g_atomic_ref_count_init(&self->ref_count);
    self->sections = g_ptr_array_new_with_free_func(free_section);
    return self;
}

/**
 * lac_report_ref:
 * @self: a report
 *
 * Returns: (transfer full): @self with one more reference
 */
LacReport *
lac_report_ref(LacReport *self)
{
    g_atomic_ref_count_inc(&self->ref_count);
    return self;
}

/**
 * lac_report_unref:
 * @self: (nullable) (transfer full): a report
 */
void
lac_report_unref(LacReport *self)
{
    if (self == NULL || !g_atomic_ref_count_dec(&self->ref_count))
        return;
    g_ptr_array_unref(self->sections);
    g_free(self);
}

/**
 * lac_report_add_section:
 * @self: a report that is being made
 * @id: stable name of the analysis
 * @title: for people
 * @definition: what it is, with formula and source
 *
 * Returns: (transfer none): an empty section
 */
LacReportSection *
lac_report_add_section(LacReport *self, const char *id, const char *title, const char *definition)
{
    LacReportSection *section = g_new0(LacReportSection, 1);
    section->id = g_strdup(id);
    section->title = g_strdup(title);
    section->definition = g_strdup(definition);
    section->digest = g_strdup("");
    section->parameters = g_ptr_array_new_with_free_func(free_item);
    section->items = g_ptr_array_new_with_free_func(free_item);
    section->tables = g_ptr_array_new_with_free_func(free_table);
    g_ptr_array_add(self->sections, section);
    return section;
}

/**
 * lac_report_find:
 * @self: a report
 * @id: of a section
 *
 * Returns: (transfer none) (nullable): the section
 */
const LacReportSection *
lac_report_find(const LacReport *self, const char *id)
{
    for (guint i = 0; i < self->sections->len; i++) {
        const LacReportSection *section = self->sections->pdata[i];
        if (g_str_equal(section->id, id))
            return section;
    }
    return NULL;
}

static LacReportItem *
add_item(GPtrArray *items, const char *key, const char *title, const char *definition)
{
    LacReportItem *item = g_new0(LacReportItem, 1);
    item->key = g_strdup(key);
    item->title = g_strdup(title);
    item->unit = g_strdup("");
    item->definition = g_strdup(definition);
    item->value = (double) NAN;
    item->error = (double) NAN;
    g_ptr_array_add(items, item);
    return item;
}

/**
 * lac_report_add:
 * @section: a section that is being made
 * @key: stable name
 * @title: for people
 * @value: the number; NaN when it is undefined
 * @digits: significant digits that are shown; 0: a whole number
 * @unit: "" for a pure number
 * @definition: how it is defined
 *
 * Returns: (transfer none): the item
 */
LacReportItem *
lac_report_add(LacReportSection *section, const char *key, const char *title, double value,
    guint digits, const char *unit, const char *definition)
{
    LacReportItem *item = add_item(section->items, key, title, definition);
    g_free(item->unit);
    item->unit = g_strdup(unit);
    item->value = value;
    item->digits = digits;
    return item;
}

/**
 * lac_report_add_error:
 * @section: a section that is being made
 * @key: stable name
 * @title: for people
 * @value: the number; NaN when it is undefined
 * @error: one standard deviation of it; NaN when unknown
 * @digits: significant digits that are shown; 0: a whole number
 * @unit: "" for a pure number
 * @definition: how it is defined
 *
 * Returns: (transfer none): the item
 */
LacReportItem *
lac_report_add_error(LacReportSection *section, const char *key, const char *title, double value,
    double error, guint digits, const char *unit, const char *definition)
{
    LacReportItem *item = lac_report_add(section, key, title, value, digits, unit, definition);
    item->error = error;
    return item;
}

/**
 * lac_report_add_text:
 * @section: a section that is being made
 * @key: stable name
 * @title: for people
 * @text: the word
 * @definition: how it is defined
 *
 * Returns: (transfer none): the item
 */
LacReportItem *
lac_report_add_text(LacReportSection *section, const char *key, const char *title, const char *text,
    const char *definition)
{
    LacReportItem *item = add_item(section->items, key, title, definition);
    item->text = g_strdup(text);
    return item;
}

/**
 * lac_report_add_parameter:
 * @section: a section that is being made
 * @key: stable name
 * @title: for people
 * @value: the number behind it
 * @text: how the value is written
 * @unit: "" for a pure number
 * @definition: what it does
 *
 * Returns: (transfer none): the item
 */
LacReportItem *
lac_report_add_parameter(LacReportSection *section, const char *key, const char *title,
    double value, const char *text, const char *unit, const char *definition)
{
    LacReportItem *item = add_item(section->parameters, key, title, definition);
    g_free(item->unit);
    item->unit = g_strdup(unit);
    item->value = value;
    item->text = g_strdup(text);
    return item;
}

/**
 * lac_report_section_find:
 * @section: a section
 * @key: of an item
 *
 * Returns: (transfer none) (nullable): the item
 */
const LacReportItem *
lac_report_section_find(const LacReportSection *section, const char *key)
{
    for (guint i = 0; i < section->items->len; i++) {
        const LacReportItem *item = section->items->pdata[i];
        if (g_str_equal(item->key, key))
            return item;
    }
    return NULL;
}

/**
 * lac_report_item_dup_text:
 * @item: a number or word
 *
 * Writes the value with its error and unit, the way it is shown everywhere: "4.21 ± 0.03 Å". The
 * error has two significant digits.
 *
 * Returns: (transfer full): the text
 */
char *
lac_report_item_dup_text(const LacReportItem *item)
{
    g_autofree char *number =
        item->text == NULL ? lac_format_number(item->value, item->digits) : NULL;
    g_autofree char *spread = !isnan(item->error) ? lac_format_number(item->error, 2) : NULL;
    const char *unit = item->unit, *space = *unit != '\0' && !g_str_equal(unit, "°") ? " " : "";
    return g_strconcat(item->text != NULL ? item->text : number, spread != NULL ? " ± " : "",
        spread != NULL ? spread : "", space, unit, NULL);
}
