// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/legend.h"

#define BAR_WIDTH  140 // [widget unit]
#define BAR_HEIGHT 12
#define BAR_STEPS  85

// What a bar or a square is painted with.
typedef struct {
    LacColormap colormap;
    gboolean reversed;
    float rgb[3];
} Entry;

struct _LacLegend {
    GtkWidget parent_instance;
    GtkWidget *box;
    GString *text;
};

G_DEFINE_FINAL_TYPE(LacLegend, lac_legend, GTK_TYPE_WIDGET)

static void
draw_bar(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    (void) area;
    const Entry *entry = data;
    double step = (double) width / BAR_STEPS;
    for (int i = 0; i < BAR_STEPS; i++) {
        double x = (i + 0.5) / BAR_STEPS;
        float rgb[3];
        lac_colormap_lookup(entry->colormap, entry->reversed ? 1.0 - x : x, rgb);
        cairo_set_source_rgb(cr, (double) rgb[0], (double) rgb[1], (double) rgb[2]);
        cairo_rectangle(cr, i * step, 0.0, step + 0.6, height);
        cairo_fill(cr);
    }
}

static void
draw_swatch(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    (void) area;
    const Entry *entry = data;
    cairo_set_source_rgb(cr, (double) entry->rgb[0], (double) entry->rgb[1],
        (double) entry->rgb[2]);
    cairo_rectangle(cr, 0.5, 0.5, width - 1.0, height - 1.0);
    cairo_fill_preserve(cr);
    cairo_set_line_width(cr, 1.0);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.35);
    cairo_stroke(cr);
}

static GtkWidget *
make_area(Entry *entry, int width, int height, GtkDrawingAreaDrawFunc func)
{
    GtkWidget *area = gtk_drawing_area_new();
    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(area), width);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(area), height);
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), func, entry, g_free);
    gtk_widget_set_valign(area, GTK_ALIGN_CENTER);
    return area;
}

static GtkWidget *
make_label(const char *text, const char *css)
{
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0.0F);
    gtk_widget_add_css_class(label, css);
    gtk_widget_add_css_class(label, "numeric");
    return label;
}

static void
lac_legend_dispose(GObject *object)
{
    LacLegend *self = LAC_LEGEND(object);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_legend_parent_class)->dispose(object);
}

static void
lac_legend_finalize(GObject *object)
{
    g_string_free(LAC_LEGEND(object)->text, TRUE);
    G_OBJECT_CLASS(lac_legend_parent_class)->finalize(object);
}

static void
lac_legend_class_init(LacLegendClass *klass)
{
    G_OBJECT_CLASS(klass)->dispose = lac_legend_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_legend_finalize;
    gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(klass), GTK_TYPE_BIN_LAYOUT);
    gtk_widget_class_set_css_name(GTK_WIDGET_CLASS(klass), "legend");
}

static void
lac_legend_init(LacLegend *self)
{
    self->text = g_string_new(NULL);
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    gtk_widget_set_halign(GTK_WIDGET(self), GTK_ALIGN_START);
    gtk_widget_set_valign(GTK_WIDGET(self), GTK_ALIGN_START);
    gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
}

/**
 * lac_legend_new:
 *
 * Returns: (transfer floating): a legend of nothing, which is not seen
 */
GtkWidget *
lac_legend_new(void)
{
    return g_object_new(LAC_TYPE_LEGEND, NULL);
}

/**
 * lac_legend_clear:
 * @self: a legend
 *
 * Takes everything out.
 */
void
lac_legend_clear(LacLegend *self)
{
    GtkWidget *child;
    while ((child = gtk_widget_get_first_child(self->box)) != NULL)
        gtk_box_remove(GTK_BOX(self->box), child);
    g_string_truncate(self->text, 0);
    gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
}

/**
 * lac_legend_add_title:
 * @self: a legend
 * @title: what the words or the bar below are about, with its unit
 */
void
lac_legend_add_title(LacLegend *self, const char *title)
{
    GtkWidget *label = make_label(title, "caption-heading");
    gtk_widget_set_margin_top(label, gtk_widget_get_first_child(self->box) != NULL ? 6 : 0);
    gtk_box_append(GTK_BOX(self->box), label);
    g_string_append_printf(self->text, "%s\n", title);
    gtk_widget_set_visible(GTK_WIDGET(self), TRUE);
}

/**
 * lac_legend_add_bar:
 * @self: a legend
 * @title: what is coloured, with its unit
 * @colormap: the colours
 * @reversed: whether they run from @hi to @lo
 * @lo: value of the left end
 * @hi: value of the right end
 */
void
lac_legend_add_bar(LacLegend *self, const char *title, LacColormap colormap, gboolean reversed,
    double lo, double hi)
{
    Entry *entry = g_new0(Entry, 1);
    *entry = (Entry){ .colormap = colormap, .reversed = reversed };
    lac_legend_add_title(self, title);
    gtk_box_append(GTK_BOX(self->box), make_area(entry, BAR_WIDTH, BAR_HEIGHT, draw_bar));
    const double values[3] = { lo, 0.5 * (lo + hi), hi };
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_box_set_homogeneous(GTK_BOX(row), TRUE);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf("%.3g", values[i]);
        GtkWidget *label = make_label(text, "caption");
        gtk_label_set_xalign(GTK_LABEL(label), 0.5F * (float) i);
        gtk_box_append(GTK_BOX(row), label);
        g_string_append_printf(self->text, "%s ", text);
    }
    gtk_box_append(GTK_BOX(self->box), row);
    g_string_append_c(self->text, '\n');
}

/**
 * lac_legend_add_word:
 * @self: a legend
 * @word: what has this colour
 * @rgb: sRGB, 0 to 1
 */
void
lac_legend_add_word(LacLegend *self, const char *word, const float rgb[3])
{
    Entry *entry = g_new0(Entry, 1);
    *entry = (Entry){ .rgb = { rgb[0], rgb[1], rgb[2] } };
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_box_append(GTK_BOX(row), make_area(entry, 12, 12, draw_swatch));
    gtk_box_append(GTK_BOX(row), make_label(word, "caption"));
    gtk_box_append(GTK_BOX(self->box), row);
    g_string_append_printf(self->text, "%s\n", word);
    gtk_widget_set_visible(GTK_WIDGET(self), TRUE);
}

/**
 * lac_legend_set_dark:
 * @self: a legend
 * @is_dark: whether what is behind it is dark
 */
void
lac_legend_set_dark(LacLegend *self, gboolean is_dark)
{
    if (is_dark)
        gtk_widget_add_css_class(GTK_WIDGET(self), "on-dark");
    else
        gtk_widget_remove_css_class(GTK_WIDGET(self), "on-dark");
}

/**
 * lac_legend_dup_text:
 * @self: a legend
 *
 * Returns: (transfer full): its titles, words and values
 */
char *
lac_legend_dup_text(LacLegend *self)
{
    return g_strdup(self->text->str);
}
