// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/analysis-strip.h"

#include "ui/column-chart.h"
#include "ui/line-bar.h"
#include "ui/region-table.h"

#include <math.h>

#define MAX_MARKED 400 // selected atoms that are marked in the plot

typedef enum {
    ENTRY_CHART,     // of an analysis
    ENTRY_HISTOGRAM, // of a column
    ENTRY_LINE,      // a profile along the line that was drawn
    ENTRY_REGIONS,   // a table of both regions
} EntryKind;

// What can be shown.
typedef struct {
    EntryKind kind;
    char *id, *title;
    LacAnalysisNode node;
    guint chart;        // its number among the charts of the node, or of the line
    const char *column; // (nullable) of a histogram
} Entry;

struct _LacAnalysisStrip {
    GtkWidget parent_instance;
    GtkWidget *box, *choice, *readout, *color, *clear;
    LacChartView *view;
    GtkStack *stack; // the plot or the table
    LacRegionTable *regions;
    GtkWidget *line_bar; // with a profile along the line
    LacReport *chosen;   // (nullable) the line and the regions with the newest analysis
    GPtrArray *line;     // (nullable) of LacChart: profiles along the line
    GPtrArray *entries;  // of Entry
    GtkStringList *titles;
    char *wanted; // (nullable) id of the plot that the user chose
    LacSession *session;
    LacViewAnalysis *view_analysis;
    LacAnalysis *shown; // (nullable) what the plots were made from
    gboolean is_own;    // the selection follows the brush
    gboolean is_following;
};

G_DEFINE_FINAL_TYPE(LacAnalysisStrip, lac_analysis_strip, GTK_TYPE_WIDGET)

static void
free_entry(gpointer data)
{
    Entry *entry = data;
    g_free(entry->id);
    g_free(entry->title);
    g_free(entry);
}

// --- which plots there are

static Entry *
add_entry(GPtrArray *entries, EntryKind kind, char *id, char *title)
{
    Entry *entry = g_new0(Entry, 1);
    entry->kind = kind;
    entry->id = id;
    entry->title = title;
    g_ptr_array_add(entries, entry);
    return entry;
}

// What the user chose comes first: it is what is looked at.
static void
add_chosen(LacAnalysisStrip *self, GPtrArray *entries)
{
    for (guint k = 0; self->line != NULL && k < self->line->len; k++) {
        const LacChart *chart = g_ptr_array_index(self->line, k);
        add_entry(entries, ENTRY_LINE, g_strdup(chart->id), g_strdup(chart->title))->chart = k;
    }
    if (self->chosen != NULL && lac_report_find(self->chosen, "regions") != NULL)
        add_entry(entries, ENTRY_REGIONS, g_strdup("regions"), g_strdup("Region A against B"));
}

// Two analyses may have a plot of one name: then that of the later one has its name before it.
static char *
dup_chart_id(const GPtrArray *entries, const LacAnalysisInfo *info, const LacChart *chart)
{
    for (guint i = 0; i < entries->len; i++)
        if (g_str_equal(((Entry *) g_ptr_array_index(entries, i))->id, chart->id))
            return g_strdup_printf("%s/%s", info->id, chart->id);
    return g_strdup(chart->id);
}

static GPtrArray *
find_entries(LacAnalysisStrip *self)
{
    const LacAnalysis *analysis = self->shown;
    GPtrArray *entries = g_ptr_array_new_with_free_func(free_entry);
    gsize n;
    const LacAnalysisInfo *const *table = lac_analysis_table(&n);
    for (gsize i = 0; analysis != NULL && i < n; i++) {
        g_autoptr(GPtrArray) charts = lac_analysis_charts(analysis, (LacAnalysisNode) i);
        for (guint k = 0; k < charts->len; k++) {
            const LacChart *chart = g_ptr_array_index(charts, k);
            Entry *entry = add_entry(entries, ENTRY_CHART, dup_chart_id(entries, table[i], chart),
                g_strdup(chart->title));
            entry->node = (LacAnalysisNode) i;
            entry->chart = k;
        }
    }
    add_chosen(self, entries);
    for (gsize i = 0; analysis != NULL && i < n; i++)
        for (guint c = 0;
             lac_analysis_get(analysis, (LacAnalysisNode) i) != NULL && c < table[i]->n_columns;
             c++) {
            const LacAnalysisColumn *column = &table[i]->columns[c];
            Entry *entry =
                add_entry(entries, ENTRY_HISTOGRAM, g_strdup_printf("histogram-%s", column->name),
                    g_strdup_printf("Histogram: %s", column->title));
            entry->node = (LacAnalysisNode) i;
            entry->column = column->name;
        }
    return entries;
}

static gboolean
is_same_list(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const Entry *x = g_ptr_array_index(a, i), *y = g_ptr_array_index(b, i);
        if (!g_str_equal(x->id, y->id) || !g_str_equal(x->title, y->title))
            return FALSE;
    }
    return TRUE;
}

static const Entry *
get_entry(LacAnalysisStrip *self)
{
    guint chosen = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->choice));
    return chosen < self->entries->len ? g_ptr_array_index(self->entries, chosen) : NULL;
}

static guint
find_wanted(LacAnalysisStrip *self)
{
    for (guint i = 0; i < self->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(self->entries, i);
        if (g_strcmp0(entry->id, self->wanted) == 0)
            return i;
    }
    return self->entries->len > 0 ? 0 : GTK_INVALID_LIST_POSITION;
}

static void
update_list(LacAnalysisStrip *self)
{
    g_autoptr(GPtrArray) entries = find_entries(self);
    if (is_same_list(entries, self->entries))
        return;
    g_autoptr(GPtrArray) titles = g_ptr_array_new();
    for (guint i = 0; i < entries->len; i++)
        g_ptr_array_add(titles, ((Entry *) g_ptr_array_index(entries, i))->title);
    g_ptr_array_add(titles, NULL);
    self->is_following = TRUE;
    gtk_string_list_splice(self->titles, 0, g_list_model_get_n_items(G_LIST_MODEL(self->titles)),
        (const char *const *) titles->pdata);
    g_ptr_array_unref(self->entries);
    self->entries = g_steal_pointer(&entries);
    gtk_drop_down_set_selected(GTK_DROP_DOWN(self->choice), find_wanted(self));
    self->is_following = FALSE;
}

// --- the plot

// Too many for a mark each: they are bars within the bars. What is brushed is seen already.
static gboolean
has_many_selected(LacAnalysisStrip *self)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    return !self->is_own && atoms == self->shown->points->atoms &&
        lac_session_count_selected(self->session) > MAX_MARKED;
}

static LacChart *
make_chart(LacAnalysisStrip *self, const Entry *entry)
{
    if (entry->kind == ENTRY_REGIONS)
        return NULL;
    if (entry->kind == ENTRY_HISTOGRAM) {
        LacChart *chart = lac_column_chart_new(self->shown, entry->column);
        if (chart != NULL && has_many_selected(self))
            lac_column_chart_add_selected(chart, self->shown,
                lac_session_get_selection(self->session));
        return chart;
    }
    if (entry->kind == ENTRY_LINE) {
        g_autoptr(GPtrArray) profiles = lac_line_charts(lac_report_find(self->chosen, "line"));
        return g_ptr_array_steal_index(profiles, entry->chart);
    }
    g_autoptr(GPtrArray) charts = lac_analysis_charts(self->shown, entry->node);
    return entry->chart < charts->len ? g_ptr_array_steal_index(charts, entry->chart) : NULL;
}

static void
show_marks(LacAnalysisStrip *self)
{
    const LacChart *chart = lac_chart_view_get_chart(self->view);
    gsize n = 0, n_marks = 0;
    g_autofree double *marks = NULL;
    if (chart != NULL && chart->column != NULL && self->shown != NULL &&
        lac_session_count_selected(self->session) <= MAX_MARKED) {
        LacAnalysisNode node;
        const LacAnalysisColumn *column = lac_analysis_find_column(chart->column, &node);
        g_autofree gsize *indices = lac_session_dup_selected(self->session, &n);
        const LacPoints *points = self->shown->points;
        gboolean has_result = column != NULL && lac_analysis_get(self->shown, node) != NULL;
        marks = g_new(double, MAX(n, 1));
        for (gsize i = 0; has_result && i < n; i++)
            if (indices[i] < points->atoms->n && points->rank[indices[i]] != G_MAXUINT32)
                marks[n_marks++] = column->get(self->shown, points->rank[indices[i]]);
    }
    lac_chart_view_set_marks(self->view, marks, n_marks);
}

// The line of g(r) that decides who is a neighbour.
static void
show_handle(LacAnalysisStrip *self)
{
    const Entry *entry = get_entry(self);
    const LacNeighbours *neighbours = self->shown != NULL ? self->shown->neighbours : NULL;
    gboolean has_handle = entry != NULL && entry->column == NULL &&
        entry->node == LAC_ANALYSIS_RDF && neighbours != NULL;
    lac_chart_view_set_handle(self->view, "Cut-off", "Å",
        has_handle ? neighbours->cutoff : (double) NAN);
}

static void
set_readout(LacAnalysisStrip *self, const char *text)
{
    gtk_label_set_text(GTK_LABEL(self->readout), text);
}

static void
show_plot(LacAnalysisStrip *self)
{
    const Entry *entry = get_entry(self);
    LacChart *chart = entry != NULL && self->shown != NULL ? make_chart(self, entry) : NULL;
    gboolean is_table = entry != NULL && entry->kind == ENTRY_REGIONS;
    gtk_stack_set_visible_child_name(self->stack, is_table ? "table" : "plot");
    gtk_widget_set_visible(self->line_bar, entry != NULL && entry->kind == ENTRY_LINE);
    if (is_table)
        lac_region_table_set_report(self->regions, self->chosen);
    lac_chart_view_set_chart(self->view, chart);
    lac_chart_view_set_brushable(self->view, chart != NULL && chart->column != NULL);
    gtk_widget_set_visible(self->color, chart != NULL && chart->column != NULL);
    show_handle(self);
    show_marks(self);
}

static void
chosen_cb(LacAnalysisStrip *self)
{
    const Entry *entry = get_entry(self);
    if (self->is_following || entry == NULL)
        return;
    g_free(self->wanted);
    self->wanted = g_strdup(entry->id);
    set_readout(self, "");
    show_plot(self);
}

// The line and the regions, computed with the analysis that is shown.
static void
update_chosen(LacAnalysisStrip *self)
{
    const LacChosen *chosen = lac_session_get_chosen(self->session);
    g_clear_pointer(&self->chosen, lac_report_unref);
    g_clear_pointer(&self->line, g_ptr_array_unref);
    if (self->shown == NULL)
        return;
    self->chosen = lac_report_new();
    if (chosen != NULL)
        lac_chosen_add_sections(chosen, self->shown, self->chosen, NULL);
    const LacReportSection *section = lac_report_find(self->chosen, "line");
    if (section != NULL)
        self->line = lac_line_charts(section);
}

// Another line or region is shown at once.
static void
chosen_changed_cb(LacAnalysisStrip *self)
{
    gboolean had_line = self->line != NULL;
    update_chosen(self);
    update_list(self);
    if (self->line != NULL && !had_line)
        lac_analysis_strip_show(self, "line-concentration");
    show_plot(self);
}

static void
analysis_changed_cb(LacAnalysisStrip *self)
{
    LacAnalysis *analysis = lac_session_get_analysis(self->session);
    if (analysis == self->shown)
        return;
    g_clear_pointer(&self->shown, lac_analysis_unref);
    self->shown = analysis != NULL ? lac_analysis_ref(analysis) : NULL;
    update_chosen(self);
    update_list(self);
    show_plot(self);
}

// --- brush and selection

static void
brushed_cb(LacChartView *view, double lo, double hi, guint modifiers, LacAnalysisStrip *self)
{
    const LacChart *chart = lac_chart_view_get_chart(view);
    if (chart == NULL || chart->column == NULL || self->shown == NULL)
        return;
    self->is_own = TRUE;
    if (isnan(lo)) {
        lac_session_set_selection(self->session, NULL, 0);
        set_readout(self, "");
    }
    else {
        gsize n, n_before = 0;
        g_autofree gsize *indices = lac_column_select(self->shown, chart->column, lo, hi, &n);
        g_autofree char *text =
            g_strdup_printf("%'" G_GSIZE_FORMAT " atoms from %.4g to %.4g", n, lo, hi);
        if ((modifiers & GDK_CONTROL_MASK) != 0) {
            g_autofree gsize *before = lac_session_dup_selected(self->session, &n_before);
            indices = g_renew(gsize, indices, n + n_before + 1);
            for (gsize i = 0; i < n_before; i++)
                indices[n++] = before[i];
        }
        lac_session_set_selection(self->session, indices, n);
        set_readout(self, text);
    }
    self->is_own = FALSE;
}

static void
selection_changed_cb(LacAnalysisStrip *self)
{
    gtk_widget_set_visible(self->clear, lac_session_count_selected(self->session) > 0);
    if (!self->is_own) {
        lac_chart_view_set_brush(self->view, (double) NAN, (double) NAN);
        set_readout(self, "");
        show_plot(self);
    }
    else {
        lac_chart_view_set_marks(self->view, NULL, 0);
    }
}

static void
handle_moved_cb(LacChartView *view, double x, gboolean is_committed, LacAnalysisStrip *self)
{
    (void) view;
    g_autofree char *text = g_strdup_printf("Neighbours up to %.3f Å", x);
    set_readout(self, text);
    if (!is_committed)
        return;
    LacAnalysisParams params = *lac_session_get_analysis_params(self->session);
    params.neighbours.cutoff = x;
    lac_session_set_analysis_params(self->session, &params);
}

static void
color_cb(LacAnalysisStrip *self)
{
    const LacChart *chart = lac_chart_view_get_chart(self->view);
    if (chart != NULL && chart->column != NULL)
        lac_view_analysis_color_atoms(self->view_analysis, chart->column);
}

static void
clear_cb(LacAnalysisStrip *self)
{
    lac_session_set_selection(self->session, NULL, 0);
}

// --- in the project

static void
save_views_cb(LacAnalysisStrip *self)
{
    if (self->wanted != NULL)
        json_object_set_string_member(lac_session_get_views(self->session), "result-plot",
            self->wanted);
}

static void
opened_cb(LacAnalysisStrip *self)
{
    const char *wanted =
        json_object_get_string_member_with_default(lac_session_get_views(self->session),
            "result-plot", NULL);
    g_free(self->wanted);
    self->wanted = g_strdup(wanted);
}

// --- the widget

static void
lac_analysis_strip_dispose(GObject *object)
{
    LacAnalysisStrip *self = LAC_ANALYSIS_STRIP(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_object(&self->session);
    g_clear_object(&self->view_analysis);
    g_clear_pointer(&self->shown, lac_analysis_unref);
    g_clear_pointer(&self->chosen, lac_report_unref);
    g_clear_pointer(&self->line, g_ptr_array_unref);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    g_clear_pointer(&self->entries, g_ptr_array_unref);
    g_clear_object(&self->titles);
    g_clear_pointer(&self->wanted, g_free);
    G_OBJECT_CLASS(lac_analysis_strip_parent_class)->dispose(object);
}

static void
lac_analysis_strip_class_init(LacAnalysisStripClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_analysis_strip_dispose;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_button(LacAnalysisStrip *self, const char *label, const char *tooltip, GCallback callback)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(label);
    gtk_widget_add_css_class(button, "small");
    gtk_widget_set_tooltip_text(button, tooltip);
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_set_visible(button, FALSE);
    g_signal_connect_swapped(button, "clicked", callback, self);
    return button;
}

// A long title does not make the window wider.
static void
set_up_title(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *label = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_list_item_set_child(item, label);
}

static void
set_up_row(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    GtkWidget *label = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_list_item_set_child(item, label);
}

static void
bind_title(GtkSignalListItemFactory *factory, GtkListItem *item)
{
    (void) factory;
    gtk_label_set_text(GTK_LABEL(gtk_list_item_get_child(item)),
        gtk_string_object_get_string(GTK_STRING_OBJECT(gtk_list_item_get_item(item))));
}

static GtkWidget *
make_bar(LacAnalysisStrip *self)
{
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
    GtkExpression *expression = gtk_property_expression_new(GTK_TYPE_STRING_OBJECT, NULL, "string");
    self->titles = gtk_string_list_new(NULL);
    self->choice = gtk_drop_down_new(g_object_ref(G_LIST_MODEL(self->titles)), expression);
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();
    g_signal_connect(factory, "setup", G_CALLBACK(set_up_title), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(bind_title), NULL);
    gtk_drop_down_set_factory(GTK_DROP_DOWN(self->choice), factory);
    g_autoptr(GtkListItemFactory) rows = gtk_signal_list_item_factory_new();
    g_signal_connect(rows, "setup", G_CALLBACK(set_up_row), NULL);
    g_signal_connect(rows, "bind", G_CALLBACK(bind_title), NULL);
    gtk_drop_down_set_list_factory(GTK_DROP_DOWN(self->choice), rows);
    gtk_drop_down_set_enable_search(GTK_DROP_DOWN(self->choice), TRUE);
    gtk_widget_set_tooltip_text(self->choice, "Which plot; type to search");
    gtk_widget_set_size_request(self->choice, 240, -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "Plot", -1);
    g_signal_connect_swapped(self->choice, "notify::selected", G_CALLBACK(chosen_cb), self);
    self->readout = gtk_label_new("");
    gtk_label_set_xalign(GTK_LABEL(self->readout), 0.0F);
    gtk_label_set_ellipsize(GTK_LABEL(self->readout), PANGO_ELLIPSIZE_END);
    gtk_widget_set_hexpand(self->readout, TRUE);
    gtk_widget_add_css_class(self->readout, "numeric");
    self->color = make_button(self, "Colour _Atoms by This",
        "Colour the atoms of the 3D view by it", G_CALLBACK(color_cb));
    self->clear = make_button(self, "Select _None", "Let the selected atoms go (Ctrl+Shift+A)",
        G_CALLBACK(clear_cb));
    GtkWidget *const parts[] = { self->choice, self->readout, self->clear, self->color };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        gtk_box_append(GTK_BOX(bar), parts[i]);
    gtk_widget_add_css_class(bar, "table-bar");
    return bar;
}

static void
lac_analysis_strip_init(LacAnalysisStrip *self)
{
    self->entries = g_ptr_array_new_with_free_func(free_entry);
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    gtk_box_append(GTK_BOX(self->box), make_bar(self));
    GtkWidget *view = lac_chart_view_new();
    self->view = LAC_CHART_VIEW(view);
    lac_chart_view_set_empty_text(self->view, "Analyse the atoms to see plots of the results");
    self->stack = GTK_STACK(gtk_stack_new());
    self->regions = LAC_REGION_TABLE(lac_region_table_new());
    gtk_stack_add_named(self->stack, view, "plot");
    gtk_stack_add_named(self->stack, GTK_WIDGET(self->regions), "table");
    gtk_widget_set_vexpand(GTK_WIDGET(self->stack), TRUE);
    gtk_box_append(GTK_BOX(self->box), GTK_WIDGET(self->stack));
    g_signal_connect(view, "brushed", G_CALLBACK(brushed_cb), self);
    g_signal_connect(view, "handle-moved", G_CALLBACK(handle_moved_cb), self);
}

/**
 * lac_analysis_strip_new:
 * @session: whose analyses are shown; a reference is taken
 * @view: colours the atoms; a reference is taken
 *
 * Returns: (transfer floating): the plots
 */
GtkWidget *
lac_analysis_strip_new(LacSession *session, LacViewAnalysis *view)
{
    LacAnalysisStrip *self = g_object_new(LAC_TYPE_ANALYSIS_STRIP, NULL);
    self->session = g_object_ref(session);
    self->view_analysis = g_object_ref(view);
    self->line_bar = lac_line_bar_new(session);
    gtk_box_insert_child_after(GTK_BOX(self->box), self->line_bar,
        gtk_widget_get_first_child(self->box));
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(analysis_changed_cb), self);
    g_signal_connect_swapped(session, "selection-changed", G_CALLBACK(selection_changed_cb), self);
    g_signal_connect_swapped(session, "save-views", G_CALLBACK(save_views_cb), self);
    g_signal_connect_swapped(session, "opened", G_CALLBACK(opened_cb), self);
    g_signal_connect_swapped(session, "chosen-changed", G_CALLBACK(chosen_changed_cb), self);
    analysis_changed_cb(self);
    return GTK_WIDGET(self);
}

/**
 * lac_analysis_strip_get_view:
 * @self: the plots
 *
 * Returns: (transfer none): the plot that is shown
 */
LacChartView *
lac_analysis_strip_get_view(LacAnalysisStrip *self)
{
    return self->view;
}

/**
 * lac_analysis_strip_show:
 * @self: the plots
 * @id: of a chart, or "histogram-" and the name of a column
 *
 * Returns: whether there is such a plot; it is shown then
 */
gboolean
lac_analysis_strip_show(LacAnalysisStrip *self, const char *id)
{
    g_free(self->wanted);
    self->wanted = g_strdup(id);
    guint found = find_wanted(self);
    if (found >= self->entries->len ||
        !g_str_equal(((Entry *) g_ptr_array_index(self->entries, found))->id, id))
        return FALSE;
    gtk_drop_down_set_selected(GTK_DROP_DOWN(self->choice), found);
    return TRUE;
}

/**
 * lac_analysis_strip_get_regions:
 * @self: the plots
 *
 * Returns: (transfer none): the table of both regions
 */
LacRegionTable *
lac_analysis_strip_get_regions(LacAnalysisStrip *self)
{
    return self->regions;
}
