// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/atom-strip.h"

#include "core/figure/colormap.h"
#include "core/trace/atom-image.h"
#include "core/trace/model-residual.h"
#include "ui/latest.h"
#include "ui/raster.h"

#include <math.h>
#include <string.h>

#define EDGE           21  // of a patch [pixel], odd
#define CELL           66  // of a patch on screen [widget unit]
#define TEXTURE_EDGE   132 // the same [device pixel]
#define GAP            3
#define LABEL_HEIGHT   18 // below the rows
#define NAME_WIDTH     86 // left of the rows
#define DELAY          30 // between patches of a crosshair that moves [ms]
#define FIT_DELAY      300
#define PATCH_PIXELS   (EDGE * EDGE)
#define BLACK_QUANTILE 0.02
#define WHITE_QUANTILE 0.998

enum {
    MEASURED,
    CALCULATED,
    DIFFERENCE,
    N_ROWS
};

static const char *const names[N_ROWS] = { "measured", "calculated", "difference" };

// Widths and heights per species, from a fit to the projections.
typedef struct {
    LacSeries *series;
    LacAtoms *base;
    guint n;
    double *sigma, *height;
    double background;
} Shapes;

typedef struct {
    LacSeries *series;
    LacAtoms *atoms;  // (nullable)
    LacAtoms *base;   // (nullable) what the shapes belong to
    LacVec3 position; // [Å]
    guint n_shapes;   // 0: no calculated row
    double *sigma, *height;
    double background;
} Request;

// Pictures of one position: (N_ROWS, n) of TEXTURE_EDGE squared, and where the atom is on each.
typedef struct {
    gsize n;
    gboolean has_model;
    guint32 *pixels;
    LacVec3 *places; // in the patch [pixel]
    double *angles;  // tilt [deg]
    gboolean *excluded;
    LacVec3 position;
    LacAtoms *atoms; // (nullable)
} Patches;

struct _LacAtomStrip {
    GtkWidget parent_instance;
    GtkWidget *box, *scroller, *toggle;
    GtkLabel *caption;
    GtkWidget *canvas;
    LacSession *session;
    LacLatest *fitter, *cutter;
    Shapes *shapes;      // (nullable)
    Patches *patches;    // (nullable)
    GPtrArray *textures; // of GdkTexture, (N_ROWS, n)
    gboolean show_difference;
};

G_DEFINE_FINAL_TYPE(LacAtomStrip, lac_atom_strip, GTK_TYPE_WIDGET)

// --- the pictures that are drawn

#define LAC_TYPE_STRIP_CANVAS (lac_strip_canvas_get_type())
G_DECLARE_FINAL_TYPE(LacStripCanvas, lac_strip_canvas, LAC, STRIP_CANVAS, GtkWidget)

struct _LacStripCanvas {
    GtkWidget parent_instance;
    LacAtomStrip *strip; // not owned: it owns the canvas
};

G_DEFINE_FINAL_TYPE(LacStripCanvas, lac_strip_canvas, GTK_TYPE_WIDGET)

static guint
count_rows(const LacAtomStrip *strip)
{
    return strip->show_difference ? N_ROWS : N_ROWS - 1;
}

static void
lac_strip_canvas_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
    int *natural, int *minimum_baseline, int *natural_baseline)
{
    (void) for_size;
    const LacAtomStrip *strip = LAC_STRIP_CANVAS(widget)->strip;
    int n = strip->patches != NULL ? (int) MIN(strip->patches->n, 4096) : 1;
    *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL
        ? NAME_WIDTH + n * (CELL + GAP)
        : (int) count_rows(strip) * (CELL + GAP) + LABEL_HEIGHT;
    *minimum_baseline = *natural_baseline = -1;
}

static void
draw_column(LacStripCanvas *self, GtkSnapshot *snapshot, gsize k, guint *shown)
{
    const LacAtomStrip *strip = self->strip;
    const Patches *p = strip->patches;
    float x = (float) (NAME_WIDTH + (int) k * (CELL + GAP));
    for (guint row = 0; row < count_rows(strip); row++) {
        GdkTexture *texture = strip->textures->pdata[row * p->n + k];
        graphene_rect_t area =
            GRAPHENE_RECT_INIT(x, (float) (row * (CELL + GAP)), (float) CELL, (float) CELL);
        if (texture == NULL)
            gtk_snapshot_append_color(snapshot, &(GdkRGBA){ 0.5f, 0.5f, 0.5f, 0.12f }, &area);
        else
            gtk_snapshot_append_texture(snapshot, texture, &area);
    }
    (*shown)++;
}

// Centred on @x unless it stands at the left.
static void
add_text(LacStripCanvas *self, GtkSnapshot *snapshot, float x, float y, gboolean left,
    const GdkRGBA *color, const char *text)
{
    g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), text);
    int width, height;
    pango_layout_get_pixel_size(layout, &width, &height);
    gtk_snapshot_save(snapshot);
    gtk_snapshot_translate(snapshot,
        &GRAPHENE_POINT_INIT(left ? x : x - 0.5f * (float) width, y - 0.5f * (float) height));
    gtk_snapshot_append_layout(snapshot, layout, color);
    gtk_snapshot_restore(snapshot);
}

// A ring where the atom is.
static void
mark_column(LacStripCanvas *self, cairo_t *cr, gsize k)
{
    const LacAtomStrip *strip = self->strip;
    const Patches *p = strip->patches;
    double x = NAME_WIDTH + (double) k * (CELL + GAP), unit = (double) CELL / EDGE;
    for (guint row = 0; row < count_rows(strip); row++) {
        double y = (double) row * (CELL + GAP);
        double cx = x + unit * (p->places[k].x + 0.5);
        double cy = y + CELL - unit * (p->places[k].y + 0.5);
        cairo_new_sub_path(cr);
        cairo_arc(cr, cx, cy, 0.16 * CELL, 0.0, 2.0 * G_PI);
        cairo_set_source_rgba(cr, 1.0, 0.75, 0.2, 0.9);
        cairo_set_line_width(cr, 1.2);
        cairo_stroke(cr);
    }
    if (k == lac_session_get_projection(strip->session)) {
        cairo_rectangle(cr, x + 0.5, 0.5, CELL - 1.0, count_rows(strip) * (CELL + GAP) - GAP - 1.0);
        cairo_set_source_rgb(cr, 1.0, 0.85, 0.3);
        cairo_set_line_width(cr, 2.0);
        cairo_stroke(cr);
    }
}

// The tilt below a column.
static void
add_angle(LacStripCanvas *self, GtkSnapshot *snapshot, gsize k, const GdkRGBA *color)
{
    const LacAtomStrip *strip = self->strip;
    const Patches *p = strip->patches;
    g_autofree char *angle = g_strdup_printf("%.0f°%s", p->angles[k], p->excluded[k] ? " out" : "");
    add_text(self, snapshot, (float) (NAME_WIDTH + (int) k * (CELL + GAP)) + 0.5f * CELL,
        (float) (count_rows(strip) * (CELL + GAP)) + 0.5f * LABEL_HEIGHT, FALSE, color, angle);
}

static void
lac_strip_canvas_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    LacStripCanvas *self = LAC_STRIP_CANVAS(widget);
    const LacAtomStrip *strip = self->strip;
    int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    GdkRGBA color;
    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &color);
    if (strip->patches == NULL)
        return;
    GtkAdjustment *place =
        gtk_scrolled_window_get_hadjustment(GTK_SCROLLED_WINDOW(strip->scroller));
    double from = gtk_adjustment_get_value(place), page = gtk_adjustment_get_page_size(place);
    gsize first = (gsize) MAX(0.0, floor((from - NAME_WIDTH) / (CELL + GAP)));
    gsize last = MIN(strip->patches->n, first + (gsize) (page / (CELL + GAP)) + 3);
    guint shown = 0;
    for (gsize k = first; k < last; k++)
        draw_column(self, snapshot, k, &shown);
    graphene_rect_t all =
        GRAPHENE_RECT_INIT((float) from, 0, (float) MIN(page, width), (float) height);
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &all);
    for (gsize k = first; k < last; k++)
        mark_column(self, cr, k);
    cairo_destroy(cr);
    for (gsize k = first; k < last; k++)
        add_angle(self, snapshot, k, &color);
    for (guint row = 0; row < count_rows(strip) && from < NAME_WIDTH; row++)
        add_text(self, snapshot, 8.0f, (float) (row * (CELL + GAP)) + 0.5f * CELL, TRUE, &color,
            names[row]);
}

static void
lac_strip_canvas_class_init(LacStripCanvasClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    widget_class->measure = lac_strip_canvas_measure;
    widget_class->snapshot = lac_strip_canvas_snapshot;
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
lac_strip_canvas_init(LacStripCanvas *self)
{
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL,
        "The atom in all projections", -1);
}

// --- shapes of the species

static void
shapes_free(gpointer pointer)
{
    Shapes *shapes = pointer;
    if (shapes == NULL)
        return;
    lac_series_unref(shapes->series);
    lac_atoms_unref(shapes->base);
    g_free(shapes->sigma);
    g_free(shapes->height);
    g_free(shapes);
}

static void
request_free(gpointer pointer)
{
    Request *request = pointer;
    lac_series_unref(request->series);
    lac_atoms_unref(request->atoms);
    lac_atoms_unref(request->base);
    g_free(request->sigma);
    g_free(request->height);
    g_free(request);
}

static gpointer
fit_work(LacProgress *progress, gpointer data, GError **error)
{
    const Request *request = data;
    LacModelResidualParams params;
    lac_model_residual_params_init(&params);
    params.each = FALSE;
    g_autoptr(LacModelResidual) fit =
        lac_model_residual_new(request->atoms, request->series, &params, progress, error);
    if (fit == NULL)
        return NULL;
    Shapes *shapes = g_new0(Shapes, 1);
    shapes->series = lac_series_ref(request->series);
    shapes->base = lac_atoms_ref(request->base);
    shapes->n = (guint) fit->n_species;
    shapes->sigma = g_memdup2(fit->sigma, fit->n_species * sizeof(double));
    shapes->height = g_memdup2(fit->species_height, fit->n_species * sizeof(double));
    shapes->background = fit->background;
    return shapes;
}

// --- patches

static void
patches_free(gpointer pointer)
{
    Patches *patches = pointer;
    if (patches == NULL)
        return;
    g_free(patches->pixels);
    g_free(patches->places);
    g_free(patches->angles);
    g_free(patches->excluded);
    lac_atoms_unref(patches->atoms);
    g_free(patches);
}

static int
compare_floats(gconstpointer a, gconstpointer b)
{
    float va = *(const float *) a, vb = *(const float *) b;
    return va < vb ? -1 : va > vb ? 1 : 0;
}

// Value below which a share of the finite ones lies.
static float
quantile(const float *values, gsize n, double share)
{
    g_autofree float *sorted = g_new(float, MAX(n, 1));
    gsize m = 0;
    for (gsize i = 0; i < n; i++)
        if (isfinite(values[i]))
            sorted[m++] = values[i];
    qsort(sorted, m, sizeof *sorted, compare_floats);
    return m > 0 ? sorted[(gsize) (share * (double) (m - 1))] : 0.0f;
}

// Adds what the model has in the patch about @place.
static void
draw_model(const Request *request, gsize k, LacVec3 position, LacVec3 place, float *patch)
{
    const LacAtoms *a = request->atoms;
    const LacSeries *series = request->series;
    double pixel = series->pixel_size > 0.0 ? series->pixel_size : 1.0;
    LacVec3 middle = lac_atom_image_place(series, k, position);
    for (gsize i = 0; i < PATCH_PIXELS; i++)
        patch[i] = isnan(patch[i]) ? NAN : (float) request->background;
    for (gsize i = 0; i < a->n; i++) {
        guint s = MIN(a->species[i], request->n_shapes - 1);
        double sigma = request->sigma[s] / pixel, height = request->height[s];
        if (!lac_atoms_is_present(a, i) || !(height > 0.0))
            continue;
        LacVec3 p = lac_atom_image_place(series, k, (LacVec3){ a->x[i], a->y[i], a->z[i] });
        double u = p.x - middle.x + place.x, v = p.y - middle.y + place.y, reach = 4.0 * sigma;
        if (u < -reach || v < -reach || u > EDGE + reach || v > EDGE + reach)
            continue;
        double peak = height * sqrt(2.0 * G_PI) * sigma;
        for (gsize j = 0; j < EDGE; j++) {
            double dv = ((double) j - v) / sigma, row = peak * exp(-0.5 * dv * dv);
            for (gsize m = 0; m < EDGE; m++) {
                double du = ((double) m - u) / sigma;
                patch[j * EDGE + m] += (float) (row * exp(-0.5 * du * du));
            }
        }
    }
}

static void
paint(const float *patch, const guint32 *colors, float black, float white, guint32 *out)
{
    LacPlane plane = { .data = patch, .width = EDGE, .height = EDGE, .step_x = 1, .step_y = EDGE };
    double scale = (double) TEXTURE_EDGE / EDGE;
    LacRasterView view = { .scale_x = scale, .scale_y = scale, .flip_y = TRUE, .smooth = TRUE };
    LacRasterColors map = { .colors = colors, .black = black, .white = white };
    lac_raster_draw(&plane, &view, &map, TEXTURE_EDGE, TEXTURE_EDGE, out);
}

static void
fill_colors(LacColormap colormap, guint32 *colors)
{
    for (guint i = 0; i < LAC_RASTER_COLORS; i++) {
        float rgb[3];
        lac_colormap_lookup(colormap, (double) i / (LAC_RASTER_COLORS - 1), rgb);
        guint32 r = (guint32) (255.0f * rgb[0] + 0.5f), g = (guint32) (255.0f * rgb[1] + 0.5f);
        colors[i] = 0xff000000u | r << 16 | g << 8 | (guint32) (255.0f * rgb[2] + 0.5f);
    }
}

static void
paint_all(Patches *patches, const float *values)
{
    gsize n = patches->n, row = n * PATCH_PIXELS, texture = TEXTURE_EDGE * TEXTURE_EDGE;
    g_autofree guint32 *grey = g_new(guint32, LAC_RASTER_COLORS);
    g_autofree guint32 *diverging = g_new(guint32, LAC_RASTER_COLORS);
    fill_colors(LAC_COLORMAP_GREY, grey);
    fill_colors(LAC_COLORMAP_DIVERGING, diverging);
    float black = quantile(values, row, BLACK_QUANTILE);
    float white = quantile(values, row, WHITE_QUANTILE);
    float span = 0.0f;
    if (patches->has_model)
        span = MAX(-quantile(values + 2 * row, row, BLACK_QUANTILE),
            quantile(values + 2 * row, row, WHITE_QUANTILE));
    white = white > black ? white : black + 1.0f;
    span = span > 0.0f ? span : 1.0f;
    for (gsize k = 0; k < (patches->has_model ? N_ROWS : 1) * n; k++) {
        gboolean difference = k >= 2 * n;
        paint(values + k * PATCH_PIXELS, difference ? diverging : grey, difference ? -span : black,
            difference ? span : white, patches->pixels + k * texture);
    }
}

static gpointer
cut_work(LacProgress *progress, gpointer data, GError **error)
{
    const Request *request = data;
    const LacSeries *series = request->series;
    gsize n = series->n, row = n * PATCH_PIXELS;
    Patches *patches = g_new0(Patches, 1);
    patches->n = n;
    patches->has_model = request->n_shapes > 0 && request->atoms != NULL;
    patches->position = request->position;
    patches->atoms = request->atoms != NULL ? lac_atoms_ref(request->atoms) : NULL;
    patches->pixels = g_new0(guint32, N_ROWS * n * TEXTURE_EDGE * TEXTURE_EDGE);
    patches->places = g_new0(LacVec3, n);
    patches->angles = g_new0(double, n);
    patches->excluded = g_new0(gboolean, n);
    g_autofree float *values = g_new0(float, N_ROWS *row);
    for (gsize k = 0; k < n; k++) {
        float *measured = values + k * PATCH_PIXELS, *calculated = measured + row;
        if (!lac_progress_update(progress, (double) k / (double) n, error)) {
            patches_free(patches);
            return NULL;
        }
        lac_atom_image_cut(series, k, request->position, EDGE, measured, &patches->places[k]);
        patches->angles[k] = series->angles[k].theta;
        patches->excluded[k] = series->excluded[k];
        if (!patches->has_model)
            continue;
        memcpy(calculated, measured, PATCH_PIXELS * sizeof(float));
        draw_model(request, k, request->position, patches->places[k], calculated);
        for (gsize i = 0; i < PATCH_PIXELS; i++)
            calculated[row + i] = measured[i] - calculated[i];
    }
    paint_all(patches, values);
    return patches;
}

// --- the widget

// [Å] The current atom, or else the crosshair; FALSE when there is neither.
static gboolean
get_position(LacAtomStrip *self, LacVec3 *position)
{
    const LacAtoms *atoms = lac_session_get_atoms(self->session);
    gsize current = lac_session_get_current_atom(self->session);
    if (atoms != NULL && current < atoms->n) {
        *position = (LacVec3){ atoms->x[current], atoms->y[current], atoms->z[current] };
        return TRUE;
    }
    const LacVolume *v = lac_session_get_volume(self->session);
    if (v == NULL)
        return FALSE;
    gsize at[3];
    lac_session_get_crosshair(self->session, at);
    double size = v->voxel_size > 0.0 ? v->voxel_size : 1.0;
    *position = (LacVec3){ v->origin.x + size * ((double) at[0] - (double) (v->nx / 2)),
        v->origin.y + size * ((double) at[1] - (double) (v->ny / 2)),
        v->origin.z + size * ((double) at[2] - (double) (v->nz / 2)) };
    return TRUE;
}

static LacAtoms *
get_base(LacAtomStrip *self)
{
    LacJournal *journal = lac_session_get_journal(self->session);
    return journal != NULL ? lac_journal_get_base(journal) : NULL;
}

static gboolean
has_shapes(LacAtomStrip *self)
{
    return self->shapes != NULL && self->shapes->base == get_base(self) &&
        self->shapes->series == lac_session_get_series(self->session);
}

static Request *
request_new(LacAtomStrip *self)
{
    Request *request = g_new0(Request, 1);
    LacAtoms *atoms = lac_session_get_atoms(self->session), *base = get_base(self);
    request->series = lac_series_ref(lac_session_get_series(self->session));
    request->atoms = atoms != NULL ? lac_atoms_ref(atoms) : NULL;
    request->base = base != NULL ? lac_atoms_ref(base) : NULL;
    if (has_shapes(self)) {
        request->n_shapes = self->shapes->n;
        request->sigma = g_memdup2(self->shapes->sigma, self->shapes->n * sizeof(double));
        request->height = g_memdup2(self->shapes->height, self->shapes->n * sizeof(double));
        request->background = self->shapes->background;
    }
    return request;
}

static void
update_caption(LacAtomStrip *self)
{
    const char *text = "";
    LacVec3 position;
    if (lac_session_get_series(self->session) == NULL)
        text = "There are no projections to compare with";
    else if (!get_position(self, &position))
        text = "There is no volume yet";
    else if (get_base(self) == NULL)
        text = "Without a model there is nothing to calculate";
    else if (!has_shapes(self))
        text = "Fitting widths and heights of the atoms to the projections…";
    gtk_label_set_text(self->caption, text);
}

static void
update(LacAtomStrip *self)
{
    LacVec3 position;
    update_caption(self);
    if (!gtk_widget_get_mapped(GTK_WIDGET(self)) || lac_session_get_series(self->session) == NULL ||
        !get_position(self, &position))
        return;
    if (get_base(self) != NULL && !has_shapes(self) && !lac_latest_is_busy(self->fitter) &&
        !lac_session_is_tracing(self->session) &&
        lac_atoms_count_present(lac_session_get_atoms(self->session)) > 0)
        lac_latest_request(self->fitter, request_new(self), FIT_DELAY);
    Request *request = request_new(self);
    request->position = position;
    lac_latest_request(self->cutter, request, DELAY);
}

static void
fitted_cb(gpointer result, const GError *error, gpointer owner)
{
    LacAtomStrip *self = owner;
    if (error != NULL) {
        gtk_label_set_text(self->caption, error->message);
        return;
    }
    shapes_free(self->shapes);
    self->shapes = result;
    update(self);
}

static void
make_textures(LacAtomStrip *self)
{
    const Patches *p = self->patches;
    gsize size = TEXTURE_EDGE * TEXTURE_EDGE;
    g_ptr_array_set_size(self->textures, 0);
    for (gsize k = 0; k < N_ROWS * p->n; k++) {
        if (k >= p->n && !p->has_model) {
            g_ptr_array_add(self->textures, NULL);
            continue;
        }
        g_autoptr(GBytes) bytes = g_bytes_new(p->pixels + k * size, size * sizeof(guint32));
        g_ptr_array_add(self->textures,
            gdk_memory_texture_new(TEXTURE_EDGE, TEXTURE_EDGE, GDK_MEMORY_DEFAULT, bytes,
                TEXTURE_EDGE * sizeof(guint32)));
    }
}

static void
cut_cb(gpointer result, const GError *error, gpointer owner)
{
    LacAtomStrip *self = owner;
    if (error != NULL)
        return;
    gboolean resized = self->patches == NULL || self->patches->n != ((Patches *) result)->n;
    patches_free(self->patches);
    self->patches = result;
    make_textures(self);
    if (resized)
        gtk_widget_queue_resize(self->canvas);
    gtk_widget_queue_draw(self->canvas);
}

/**
 * lac_atom_strip_is_complete:
 * @self: a strip
 *
 * Returns: whether measured and calculated patches of what is looked at now are shown
 */
gboolean
lac_atom_strip_is_complete(LacAtomStrip *self)
{
    LacVec3 position;
    return self->patches != NULL && self->patches->has_model && get_position(self, &position) &&
        memcmp(&position, &self->patches->position, sizeof position) == 0 &&
        self->patches->atoms == lac_session_get_atoms(self->session);
}

/**
 * lac_atom_strip_set_show_difference:
 * @self: a strip
 * @show: whether a third row shows measured minus calculated
 */
void
lac_atom_strip_set_show_difference(LacAtomStrip *self, gboolean show)
{
    g_return_if_fail(LAC_IS_ATOM_STRIP(self));

    self->show_difference = show;
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(self->toggle), show);
    gtk_widget_queue_resize(self->canvas);
    gtk_widget_queue_draw(self->canvas);
}

static void
toggled_cb(GtkToggleButton *button, LacAtomStrip *self)
{
    lac_atom_strip_set_show_difference(self, gtk_toggle_button_get_active(button));
}

static void
clicked_cb(LacAtomStrip *self, int n_press, double x, double y)
{
    (void) n_press;
    (void) y;
    double k = floor((x - NAME_WIDTH) / (CELL + GAP));
    if (self->patches != NULL && k >= 0.0 && k < (double) self->patches->n)
        lac_session_set_projection(self->session, (guint) k);
}

static void
projection_changed_cb(LacAtomStrip *self)
{
    gtk_widget_queue_draw(self->canvas);
}

static void
lac_atom_strip_map(GtkWidget *widget)
{
    GTK_WIDGET_CLASS(lac_atom_strip_parent_class)->map(widget);
    update(LAC_ATOM_STRIP(widget));
}

static void
lac_atom_strip_dispose(GObject *object)
{
    LacAtomStrip *self = LAC_ATOM_STRIP(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    g_clear_pointer(&self->fitter, lac_latest_free);
    g_clear_pointer(&self->cutter, lac_latest_free);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    g_clear_pointer(&self->shapes, shapes_free);
    g_clear_pointer(&self->patches, patches_free);
    g_clear_pointer(&self->textures, g_ptr_array_unref);
    g_clear_object(&self->session);
    G_OBJECT_CLASS(lac_atom_strip_parent_class)->dispose(object);
}

static void
lac_atom_strip_class_init(LacAtomStripClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_atom_strip_dispose;
    widget_class->map = lac_atom_strip_map;
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
texture_unref(gpointer texture)
{
    if (texture != NULL)
        g_object_unref(texture);
}

static void
lac_atom_strip_init(LacAtomStrip *self)
{
    self->textures = g_ptr_array_new_with_free_func(texture_unref);
    self->fitter = lac_latest_new(fit_work, request_free, shapes_free, fitted_cb, self);
    self->cutter = lac_latest_new(cut_work, request_free, patches_free, cut_cb, self);
    self->canvas = g_object_new(LAC_TYPE_STRIP_CANVAS, "focusable", FALSE, NULL);
    LAC_STRIP_CANVAS(self->canvas)->strip = self;
    self->scroller = gtk_scrolled_window_new();
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(self->scroller), GTK_POLICY_AUTOMATIC,
        GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scroller), self->canvas);
    gtk_widget_set_vexpand(self->scroller, TRUE);
    self->caption = GTK_LABEL(gtk_label_new(""));
    gtk_label_set_xalign(self->caption, 0.0F);
    gtk_label_set_ellipsize(self->caption, PANGO_ELLIPSIZE_END);
    gtk_widget_set_hexpand(GTK_WIDGET(self->caption), TRUE);
    gtk_widget_add_css_class(GTK_WIDGET(self->caption), "dim-label");
    self->toggle = gtk_toggle_button_new_with_mnemonic("_Difference");
    gtk_widget_add_css_class(self->toggle, "flat");
    gtk_widget_set_tooltip_text(self->toggle,
        "A third row: measured minus calculated, blue where the model has too much");
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_widget_set_margin_start(bar, 8);
    gtk_widget_set_margin_end(bar, 4);
    gtk_box_append(GTK_BOX(bar), GTK_WIDGET(self->caption));
    gtk_box_append(GTK_BOX(bar), self->toggle);
    self->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    gtk_box_append(GTK_BOX(self->box), bar);
    gtk_box_append(GTK_BOX(self->box), self->scroller);
    gtk_widget_set_parent(self->box, GTK_WIDGET(self));
    g_signal_connect(self->toggle, "toggled", G_CALLBACK(toggled_cb), self);
    GtkGesture *click = gtk_gesture_click_new();
    g_signal_connect_swapped(click, "pressed", G_CALLBACK(clicked_cb), self);
    gtk_widget_add_controller(self->canvas, GTK_EVENT_CONTROLLER(click));
    g_signal_connect_swapped(gtk_scrolled_window_get_hadjustment(
                                 GTK_SCROLLED_WINDOW(self->scroller)),
        "value-changed", G_CALLBACK(gtk_widget_queue_draw), self->canvas);
}

/**
 * lac_atom_strip_new:
 * @session: whose projections and atoms are compared; the strip takes a reference
 *
 * The calculated row is drawn with the width and height that each species has in the projections;
 * they are fitted once per model, in the background. After an edit only the patches are drawn anew.
 *
 * Returns: (transfer floating): a strip
 */
GtkWidget *
lac_atom_strip_new(LacSession *session)
{
    static const char *const followed[] = { "current-atom-changed", "crosshair-changed",
        "atoms-changed", "series-changed", "volume-changed" };
    LacAtomStrip *self = g_object_new(LAC_TYPE_ATOM_STRIP, NULL);
    self->session = g_object_ref(session);
    for (guint i = 0; i < G_N_ELEMENTS(followed); i++)
        g_signal_connect_swapped(session, followed[i], G_CALLBACK(update), self);
    g_signal_connect_swapped(session, "projection-changed", G_CALLBACK(projection_changed_cb),
        self);
    update_caption(self);
    return GTK_WIDGET(self);
}
