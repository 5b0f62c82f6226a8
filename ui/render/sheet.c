// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/sheet.h"

#include "core/error.h"
#include "ui/render/figure-results.h"

#include <math.h>
#include <string.h>

#define WIDTH_MM 183.0 // two columns of a journal
#define GAP_MM   2.0
#define HEAD     "lacuna-figure = 1"

static void
free_figure(gpointer figure)
{
    lac_figure_free(figure);
}

static LacSheet *
new_sheet(const char *text)
{
    LacSheet *self = g_new0(LacSheet, 1);
    self->width_mm = WIDTH_MM;
    self->height_mm = 0.75 * WIDTH_MM;
    self->dpi = 300.0;
    self->columns = 2;
    self->gap_mm = GAP_MM;
    for (int c = 0; c < 3; c++)
        self->background[c] = 1.0f;
    self->panels = g_ptr_array_new_with_free_func(free_figure);
    self->text = g_strdup(text);
    return self;
}

/**
 * lac_sheet_free:
 * @self: (nullable) (transfer full): a sheet
 */
void
lac_sheet_free(LacSheet *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->panels);
    g_free(self->text);
    g_free(self);
}

// The name in "[panel NAME]", or NULL.
static char *
dup_panel_name(const char *line)
{
    g_autofree char *text = g_strstrip(g_strdup(line));
    gsize n = strlen(text);
    if (!g_str_has_prefix(text, "[panel") || n < 8 || text[n - 1] != ']')
        return NULL;
    text[n - 1] = '\0';
    return g_strdup(g_strstrip(text + strlen("[panel")));
}

/**
 * lac_sheet_is_recipe:
 * @text: a recipe
 *
 * Returns: whether it has panels
 */
gboolean
lac_sheet_is_recipe(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *name = dup_panel_name(lines[i]);
        if (name != NULL)
            return TRUE;
    }
    return FALSE;
}

// --- the keys of the sheet

static gboolean
is_page_key(const char *key)
{
    static const char *const KEYS[] = { "width", "height", "dpi", "columns", "gap", "background",
        "transparent" };
    for (guint i = 0; i < G_N_ELEMENTS(KEYS); i++)
        if (g_str_equal(KEYS[i], key))
            return TRUE;
    return FALSE;
}

static gboolean
read_columns(LacSheet *self, const LacKeyedText *head, const LacKeyedEntry *entry, GError **error)
{
    double value;
    if (!lac_keyed_text_get_numbers(head, entry, 1, 1.0, 12.0, &value, error))
        return FALSE;
    if (value != floor(value))
        return lac_keyed_text_bad_value(head, entry, "a whole number", error);
    self->columns = (guint) value;
    return TRUE;
}

static gboolean
read_page_key(LacSheet *self, const LacKeyedText *head, const LacKeyedEntry *entry, GError **error)
{
    const struct {
        const char *key;
        double lo, hi, *value;
    } NUMBERS[] = { { "width", 1.0, 2000.0, &self->width_mm },
        { "height", 1.0, 2000.0, &self->height_mm }, { "dpi", 1.0, 20000.0, &self->dpi },
        { "gap", 0.0, 200.0, &self->gap_mm } };
    for (guint i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
        if (!g_str_equal(entry->key, NUMBERS[i].key))
            continue;
        if (!lac_keyed_text_get_numbers(head, entry, 1, NUMBERS[i].lo, NUMBERS[i].hi,
                NUMBERS[i].value, error))
            return FALSE;
        return isfinite(*NUMBERS[i].value) ||
            lac_keyed_text_bad_value(head, entry, "a number", error);
    }
    if (g_str_equal(entry->key, "columns"))
        return read_columns(self, head, entry, error);
    if (g_str_equal(entry->key, "transparent"))
        return lac_keyed_text_get_flag(head, entry, &self->transparent, error);
    return lac_keyed_text_get_color(head, entry, self->background, error);
}

// Takes the keys of the page out of those that are for all panels.
static gboolean
read_page(LacSheet *self, LacKeyedText *head, GError **error)
{
    for (guint i = 0; i < head->entries->len;) {
        const LacKeyedEntry *entry = g_ptr_array_index(head->entries, i);
        if (!is_page_key(entry->key)) {
            i++;
            continue;
        }
        if (!read_page_key(self, head, entry, error))
            return FALSE;
        g_ptr_array_remove_index(head->entries, i);
    }
    return TRUE;
}

// --- the keys of its panels

static gboolean
check_panel_keys(const LacKeyedText *keys, GError **error)
{
    for (guint i = 0; i < keys->entries->len; i++) {
        const LacKeyedEntry *entry = g_ptr_array_index(keys->entries, i);
        if (!is_page_key(entry->key))
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
            "Line %u of %s: \"%s\" is of the page and stands before the first panel", entry->line,
            keys->name, entry->key);
        return FALSE;
    }
    return TRUE;
}

// The lines from @first up to @end, under the number that they have in the file.
static char *
dup_lines(char **lines, guint first, guint end)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < first; i++)
        g_string_append_c(text, '\n');
    for (guint i = first; i < end; i++)
        g_string_append_printf(text, "%s\n", lines[i]);
    return g_string_free(text, FALSE);
}

static gboolean
read_panel(LacSheet *self, const LacKeyedText *head, const char *panel, const char *text,
    const char *name, GError **error)
{
    g_autoptr(LacKeyedText) keys = lac_keyed_text_parse(text, name, error);
    g_autoptr(LacFigure) figure = lac_figure_new();
    if (keys == NULL || !check_panel_keys(keys, error))
        return FALSE;
    g_strlcpy(figure->overlay.panel, panel, sizeof figure->overlay.panel);
    if (!lac_figure_read_keys(figure, head, error) || !lac_figure_read_keys(figure, keys, error))
        return FALSE;
    figure->transparent = self->transparent;
    memcpy(figure->scene.background, self->background, sizeof self->background);
    if (!lac_figure_check(figure, name, error))
        return FALSE;
    g_ptr_array_add(self->panels, g_steal_pointer(&figure));
    return TRUE;
}

static gboolean
read_panels(LacSheet *self, char **lines, const char *name, GError **error)
{
    const guint n = g_strv_length(lines);
    guint first = 0;
    g_autofree char *panel = NULL;
    g_autoptr(LacKeyedText) head = NULL;
    for (guint i = 0; i <= n; i++) {
        g_autofree char *next = i < n ? dup_panel_name(lines[i]) : NULL;
        if (i < n && next == NULL)
            continue;
        g_autofree char *text = dup_lines(lines, first, i);
        if (panel == NULL) {
            head = lac_keyed_text_parse(text, name, error);
            if (head == NULL || !read_page(self, head, error))
                return FALSE;
        }
        else if (!read_panel(self, head, panel, text, name, error))
            return FALSE;
        g_free(panel);
        panel = g_steal_pointer(&next);
        first = i;
        if (i < n) { // the version that a text begins with
            g_free(lines[i]);
            lines[i] = g_strdup(HEAD);
        }
    }
    return TRUE;
}

/**
 * lac_sheet_set_size:
 * @self: a sheet with panels
 * @width_mm: of the page
 * @height_mm: of the page
 * @dpi: pixels per inch
 * @error: return location for a #GError
 *
 * Gives all panels the same size.
 *
 * Returns: %TRUE, or %FALSE with @error set if they would be too small
 */
gboolean
lac_sheet_set_size(LacSheet *self, double width_mm, double height_mm, double dpi, GError **error)
{
    const guint n = self->panels->len, n_columns = MIN(self->columns, n);
    const guint n_rows = (n - 1) / n_columns + 1;
    const double width = (width_mm - self->gap_mm * (n_columns - 1.0)) / (double) n_columns;
    const double height = (height_mm - self->gap_mm * (n_rows - 1.0)) / (double) n_rows;
    if (!(width >= 5.0 && height >= 5.0)) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
            "A page of %g x %g mm leaves %.1f x %.1f mm for each of %u panels in %u columns",
            width_mm, height_mm, width, height, n, n_columns);
        return FALSE;
    }
    self->width_mm = width_mm;
    self->height_mm = height_mm;
    self->dpi = dpi;
    self->columns = n_columns;
    for (guint i = 0; i < n; i++) {
        LacFigure *figure = g_ptr_array_index(self->panels, i);
        figure->width_mm = width;
        figure->height_mm = height;
        figure->dpi = dpi;
    }
    return TRUE;
}

/**
 * lac_sheet_from_recipe:
 * @text: a recipe with panels
 * @name: where it came from, for messages
 * @error: return location for a #GError
 *
 * What stands before the first panel is for the page or for all panels.
 *
 * Returns: (transfer full): the sheet, or %NULL with @error naming the line at fault
 */
LacSheet *
lac_sheet_from_recipe(const char *text, const char *name, GError **error)
{
    g_autoptr(LacSheet) self = new_sheet(text);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    if (!read_panels(self, lines, name, error))
        return NULL;
    if (!lac_sheet_set_size(self, self->width_mm, self->height_mm, self->dpi, error)) {
        g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    return g_steal_pointer(&self);
}

/**
 * lac_sheet_new_single:
 * @figure: a figure
 *
 * Returns: (transfer full): a sheet with that figure alone
 */
LacSheet *
lac_sheet_new_single(const LacFigure *figure)
{
    g_autofree char *text = lac_figure_dup_recipe(figure);
    LacSheet *self = new_sheet(text);
    self->width_mm = figure->width_mm;
    self->height_mm = figure->height_mm;
    self->dpi = figure->dpi;
    self->columns = 1;
    self->transparent = figure->transparent;
    memcpy(self->background, figure->scene.background, sizeof self->background);
    g_ptr_array_add(self->panels, lac_figure_copy(figure));
    return self;
}

/**
 * lac_sheet_get_needs:
 * @self: a sheet
 *
 * Returns: bits of the analyses that its panels show
 */
guint64
lac_sheet_get_needs(const LacSheet *self)
{
    guint64 needs = 0;
    for (guint i = 0; i < self->panels->len; i++)
        needs |= lac_figure_get_needs(g_ptr_array_index(self->panels, i));
    return needs;
}

static gboolean
has_kind(const LacSheet *self, LacFigureKind kind)
{
    for (guint i = 0; i < self->panels->len; i++)
        if (((const LacFigure *) g_ptr_array_index(self->panels, i))->kind == kind)
            return TRUE;
    return FALSE;
}

/**
 * lac_sheet_has_scene:
 * @self: a sheet
 *
 * Returns: whether it takes a renderer to draw it
 */
gboolean
lac_sheet_has_scene(const LacSheet *self)
{
    return has_kind(self, LAC_FIGURE_SCENE);
}

/**
 * lac_sheet_has_plot:
 * @self: a sheet
 *
 * Returns: whether there are numbers beside the picture
 */
gboolean
lac_sheet_has_plot(const LacSheet *self)
{
    return has_kind(self, LAC_FIGURE_PLOT);
}
