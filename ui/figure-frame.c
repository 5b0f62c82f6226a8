// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure-frame.h"

struct _LacFigureFrame {
    GtkWidget parent_instance;
    double aspect;       // width over height
    LacDrawing *drawing; // (nullable)
};

G_DEFINE_FINAL_TYPE(LacFigureFrame, lac_figure_frame, GTK_TYPE_WIDGET)

// Where the figure is: the largest rectangle of its shape in the middle [widget unit].
static void
get_rectangle(LacFigureFrame *self, double *x, double *y, double *width, double *height)
{
    const double w = gtk_widget_get_width(GTK_WIDGET(self));
    const double h = gtk_widget_get_height(GTK_WIDGET(self));
    *width = MIN(w, h * self->aspect);
    *height = MIN(h, w / self->aspect);
    *x = 0.5 * (w - *width);
    *y = 0.5 * (h - *height);
}

static void
snapshot(GtkWidget *widget, GtkSnapshot *out)
{
    LacFigureFrame *self = LAC_FIGURE_FRAME(widget);
    const int w = gtk_widget_get_width(widget), h = gtk_widget_get_height(widget);
    double x, y, width, height;
    if (w < 2 || h < 2)
        return;
    get_rectangle(self, &x, &y, &width, &height);
    cairo_t *cr =
        gtk_snapshot_append_cairo(out, &GRAPHENE_RECT_INIT(0.0f, 0.0f, (float) w, (float) h));
    // What the figure leaves out is dimmed.
    cairo_rectangle(cr, 0.0, 0.0, w, h);
    cairo_rectangle(cr, x, y, width, height);
    cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.45);
    cairo_fill(cr);
    cairo_rectangle(cr, x + 0.5, y + 0.5, width - 1.0, height - 1.0);
    cairo_set_source_rgba(cr, 1.0, 1.0, 1.0, 0.9);
    cairo_set_line_width(cr, 1.0);
    cairo_stroke_preserve(cr);
    const double dashes[] = { 4.0, 4.0 };
    cairo_set_dash(cr, dashes, 2, 0.0);
    cairo_set_source_rgba(cr, 0.0, 0.0, 0.0, 0.9);
    cairo_stroke(cr);
    if (self->drawing != NULL) {
        cairo_rectangle(cr, x, y, width, height);
        cairo_clip(cr);
        cairo_translate(cr, x, y);
        cairo_scale(cr, width / self->drawing->width, height / self->drawing->height);
        cairo_set_dash(cr, NULL, 0, 0.0);
        lac_drawing_paint(self->drawing, cr);
    }
    cairo_destroy(cr);
}

static void
lac_figure_frame_finalize(GObject *object)
{
    lac_drawing_free(LAC_FIGURE_FRAME(object)->drawing);
    G_OBJECT_CLASS(lac_figure_frame_parent_class)->finalize(object);
}

static void
lac_figure_frame_class_init(LacFigureFrameClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = lac_figure_frame_finalize;
    GTK_WIDGET_CLASS(klass)->snapshot = snapshot;
}

static void
lac_figure_frame_init(LacFigureFrame *self)
{
    self->aspect = 4.0 / 3.0;
    gtk_widget_set_can_target(GTK_WIDGET(self), FALSE);
}

/**
 * lac_figure_frame_new:
 *
 * Returns: (transfer floating): a frame, for an overlay over the view
 */
GtkWidget *
lac_figure_frame_new(void)
{
    return g_object_new(LAC_TYPE_FIGURE_FRAME, NULL);
}

/**
 * lac_figure_frame_set:
 * @self: a frame
 * @aspect: width over height of the figure
 * @drawing: (nullable) (transfer full): what stands over it
 */
void
lac_figure_frame_set(LacFigureFrame *self, double aspect, LacDrawing *drawing)
{
    g_return_if_fail(aspect > 0.0);

    self->aspect = aspect;
    g_clear_pointer(&self->drawing, lac_drawing_free);
    self->drawing = drawing;
    gtk_widget_queue_draw(GTK_WIDGET(self));
}
