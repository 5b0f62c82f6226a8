// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/figure-slice.h"

#include "core/array.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM           25.4
#define PT           72.0
#define LOW_SHARE    0.01  // of the values in the plane, below the colours
#define HIGH_SHARE   0.997 // and up to their other end
#define ROOM         1.06  // of what is fitted
#define ATOM_WIDTH   0.8   // [pt]
#define RIM_WIDTH    0.35  // [pt] on both sides of it
#define CONTOUR      0.7   // [pt]
#define CONTOUR_GRID 3     // contours are looked for in every third pixel, at least
#define LETTER_STRIP 2.8   // text sizes
#define GHOST_RADIUS 0.7   // of an atom's
#define DEEPEST      0.95  // of the radius: what the plane hardly touches is left out

// The plane on paper.
typedef struct {
    const LacFigure *figure;
    const LacFigureData *data;
    int right, up, normal;             // axes
    double position;                   // [Å]
    double height, x0, y0;             // [Å] of the picture; the middle of it
    double width_pt, height_pt, scale; // of the part that the slice has; scale: [pt/Å]
    double voxel, origin[3];           // [Å]
    gsize n[3];
} Plane;

typedef struct {
    const Plane *plane;
    float *values; // (n_rows, n_columns) NaN: outside
    gsize n_columns, n_rows;
} Picture;

static void
find_axes(int normal, int *right, int *up)
{
    *right = normal == LAC_AXIS_X ? LAC_AXIS_Y : LAC_AXIS_X;
    *up = normal == LAC_AXIS_Z ? LAC_AXIS_Y : LAC_AXIS_Z;
}

static double
get_component(LacVec3 v, int axis)
{
    return axis == LAC_AXIS_X ? v.x : axis == LAC_AXIS_Y ? v.y : v.z;
}

// [pt] on the left, where the letter of the panel stands; whole pixels.
static double
get_left(const LacFigure *figure)
{
    double left = figure->overlay.panel[0] != '\0' ? LETTER_STRIP * figure->overlay.text_size : 0.0;
    return round(left / PT * figure->dpi) * PT / figure->dpi;
}

// Of the part that the slice has; names and the colour bar stand beside it.
static double
get_aspect(const LacFigure *figure, const LacFigureData *data)
{
    return (figure->width_mm / MM * PT - get_left(figure) -
               lac_figure_get_strip(figure, &figure->scene, data)) /
        (figure->height_mm / MM * PT);
}

/**
 * lac_figure_fit_slice:
 * @figure: a slice; one that follows the data gets its target and height
 * @data: what it shows: a volume, and atoms if wanted
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set without a volume
 */
gboolean
lac_figure_fit_slice(LacFigure *figure, const LacFigureData *data, GError **error)
{
    LacCamera *camera = &figure->scene.camera;
    int right, up;
    if (data->volume == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "A slice needs a volume");
        return FALSE;
    }
    LacBox box = lac_volume_get_box(data->volume);
    if (isnan(figure->slice.position))
        figure->slice.position = 0.5 *
            (get_component(box.min, figure->slice.axis) +
                get_component(box.max, figure->slice.axis));
    if (!figure->fit)
        return TRUE;
    find_axes(figure->slice.axis, &right, &up);
    double width = get_component(box.max, right) - get_component(box.min, right);
    double height = get_component(box.max, up) - get_component(box.min, up);
    camera->target = (LacVec3){ 0.5 * (box.min.x + box.max.x), 0.5 * (box.min.y + box.max.y),
        0.5 * (box.min.z + box.max.z) };
    camera->height = MAX(height, width / get_aspect(figure, data));
    figure->fit = FALSE;
    return TRUE;
}

// --- the image

// Weights of four values for a place between the middle two (Catmull and Rom).
static void
get_weights(double t, double w[4])
{
    w[0] = 0.5 * t * (-1.0 + t * (2.0 - t));
    w[1] = 0.5 * (2.0 + t * t * (-5.0 + 3.0 * t));
    w[2] = 0.5 * t * (1.0 + t * (4.0 - 3.0 * t));
    w[3] = 0.5 * t * t * (t - 1.0);
}

static gsize
clamp_index(double i, gsize n)
{
    return (gsize) CLAMP(i, 0.0, (double) n - 1.0);
}

// Cubic in the plane, at a whole index of the normal.
static double
sample_layer(const Plane *plane, double u, double v, gsize layer)
{
    const LacVolume *volume = plane->data->volume;
    const double fu = floor(u), fv = floor(v);
    double wu[4], wv[4], sum = 0.0;
    get_weights(u - fu, wu);
    get_weights(v - fv, wv);
    for (int j = 0; j < 4; j++) {
        double row = 0.0;
        for (int i = 0; i < 4; i++) {
            gsize at[3];
            at[plane->right] = clamp_index(fu + i - 1.0, plane->n[plane->right]);
            at[plane->up] = clamp_index(fv + j - 1.0, plane->n[plane->up]);
            at[plane->normal] = layer;
            row += wu[i] * (double) lac_volume_get(volume, at[0], at[1], at[2]);
        }
        sum += wv[j] * row;
    }
    return sum;
}

static double
sample(const Plane *plane, double u, double v, double w)
{
    const gsize n = plane->n[plane->normal];
    const double below = floor(w), t = w - below;
    double a = sample_layer(plane, u, v, clamp_index(below, n));
    return t > 0.0 ? (1.0 - t) * a + t * sample_layer(plane, u, v, clamp_index(below + 1.0, n)) : a;
}

static double
to_index(const Plane *plane, int axis, double position)
{
    return (position - plane->origin[axis]) / plane->voxel + (double) (plane->n[axis] / 2);
}

static gboolean
is_inside(const Plane *plane, int axis, double index)
{
    return index >= -0.5 && index <= (double) plane->n[axis] - 0.5;
}

static void
fill_row(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Picture *picture = data;
    const Plane *plane = picture->plane;
    const double step = plane->height / (double) picture->n_rows;
    const double thickness = plane->figure->slice.thickness;
    const gsize n_layers = 1 + (gsize) (thickness / plane->voxel);
    for (gsize y = begin; y < end; y++)
        for (gsize x = 0; x < picture->n_columns; x++) {
            double right =
                plane->x0 + ((double) x + 0.5 - 0.5 * (double) picture->n_columns) * step;
            double up = plane->y0 - ((double) y + 0.5 - 0.5 * (double) picture->n_rows) * step;
            double u = to_index(plane, plane->right, right), v = to_index(plane, plane->up, up);
            double sum = 0.0;
            gsize n = 0;
            for (gsize k = 0; k < n_layers; k++) {
                double off =
                    n_layers > 1 ? thickness * ((double) k / ((double) n_layers - 1.0) - 0.5) : 0.0;
                double w = to_index(plane, plane->normal, plane->position + off);
                if (!is_inside(plane, plane->normal, w))
                    continue;
                sum += sample(plane, u, v, w);
                n++;
            }
            gboolean inside =
                n > 0 && is_inside(plane, plane->right, u) && is_inside(plane, plane->up, v);
            picture->values[y * picture->n_columns + x] = inside ? (float) (sum / (double) n) : NAN;
        }
}

static int
compare_floats(const void *a, const void *b)
{
    const float x = *(const float *) a, y = *(const float *) b;
    return (x > y) - (x < y);
}

// The range of the colours: as asked, or most values of the plane.
static void
find_range(const Picture *picture, LacTransfer *transfer)
{
    const gsize n = picture->n_columns * picture->n_rows, stride = MAX(n / 200000, 1);
    if (!isnan(transfer->lo))
        return;
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(float));
    for (gsize i = 0; i < n; i += stride)
        if (isfinite(picture->values[i]))
            g_array_append_val(sorted, picture->values[i]);
    transfer->lo = 0.0;
    transfer->hi = 1.0;
    if (sorted->len == 0)
        return;
    qsort(sorted->data, sorted->len, sizeof(float), compare_floats);
    const double last = (double) sorted->len - 1.0;
    transfer->lo = (double) g_array_index(sorted, float, (guint) (LOW_SHARE * last));
    transfer->hi = (double) g_array_index(sorted, float, (guint) (HIGH_SHARE * last));
    if (!(transfer->lo < transfer->hi))
        transfer->hi = transfer->lo + 1.0;
}

static gboolean
add_image(const Plane *plane, const Picture *picture, const LacTransfer *transfer,
    LacDrawing *drawing, GError **error)
{
    const gsize n = picture->n_columns * picture->n_rows;
    guint8 *rgba = lac_alloc(n, 4, error);
    if (rgba == NULL)
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        double t = ((double) picture->values[i] - transfer->lo) / (transfer->hi - transfer->lo);
        float rgb[3] = { 0.0f, 0.0f, 0.0f };
        if (!isnan(t))
            lac_colormap_lookup(transfer->colormap,
                CLAMP(transfer->reversed ? 1.0 - t : t, 0.0, 1.0), rgb);
        for (gsize c = 0; c < 3; c++)
            rgba[4 * i + c] = (guint8) lrintf(255.0f * rgb[c]);
        rgba[4 * i + 3] = isnan(t) ? 0 : 255;
    }
    LacDrawingShape image = { .kind = LAC_DRAWING_IMAGE,
        .x2 = (double) picture->n_columns * plane->height_pt / (double) picture->n_rows,
        .y2 = plane->height_pt,
        .image = lac_drawing_image_new(rgba, (guint) picture->n_columns, (guint) picture->n_rows) };
    lac_free(rgba);
    if (image.image == NULL) {
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_MEMORY,
            "There is not enough memory for the picture of the slice");
        return FALSE;
    }
    lac_drawing_add(drawing, &image);
    cairo_surface_destroy(image.image);
    return TRUE;
}

// --- contours

// Where a side of a cell meets the level [pixel].
static gboolean
cross(const double a[3], const double b[3], double level, double at[2])
{
    if ((a[2] < level) == (b[2] < level))
        return FALSE;
    const double t = (level - a[2]) / (b[2] - a[2]);
    at[0] = a[0] + t * (b[0] - a[0]);
    at[1] = a[1] + t * (b[1] - a[1]);
    return TRUE;
}

// The level in a triangle is one straight line; a square is two triangles.
static void
add_triangle(const double corners[3][3], double level, double scale, GArray *points)
{
    double ends[3][2];
    guint n = 0;
    for (guint i = 0; i < 3; i++)
        n += cross(corners[i], corners[(i + 1) % 3], level, ends[n]) ? 1 : 0;
    if (n != 2)
        return;
    const double line[] = { scale * ends[0][0], scale * ends[0][1], scale * ends[1][0],
        scale * ends[1][1], (double) NAN, (double) NAN };
    g_array_append_vals(points, line, G_N_ELEMENTS(line));
}

static void
get_corner(const Picture *picture, gsize x, gsize y, double corner[3])
{
    corner[0] = (double) x + 0.5;
    corner[1] = (double) y + 0.5;
    corner[2] = (double) picture->values[y * picture->n_columns + x];
}

static void
add_contour(const Plane *plane, const Picture *picture, double level, const float color[3],
    LacDrawing *drawing)
{
    const double scale = plane->height_pt / (double) picture->n_rows;
    const double pixel = plane->height / (double) picture->n_rows;
    const gsize step = MAX(CONTOUR_GRID, (gsize) (0.35 * plane->voxel / pixel));
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(double));
    for (gsize y = 0; y + step < picture->n_rows; y += step)
        for (gsize x = 0; x + step < picture->n_columns; x += step) {
            double c[4][3];
            get_corner(picture, x, y, c[0]);
            get_corner(picture, x + step, y, c[1]);
            get_corner(picture, x + step, y + step, c[2]);
            get_corner(picture, x, y + step, c[3]);
            if (isnan(c[0][2] + c[1][2] + c[2][2] + c[3][2]))
                continue;
            double upper[3][3], lower[3][3];
            memcpy(upper[0], c[0], sizeof c[0]);
            memcpy(upper[1], c[1], sizeof c[1]);
            memcpy(upper[2], c[2], sizeof c[2]);
            memcpy(lower[0], c[0], sizeof c[0]);
            memcpy(lower[1], c[2], sizeof c[2]);
            memcpy(lower[2], c[3], sizeof c[3]);
            add_triangle((const double(*)[3]) upper, level, scale, points);
            add_triangle((const double(*)[3]) lower, level, scale, points);
        }
    if (points->len == 0)
        return;
    g_autoptr(GBytes) bytes = g_bytes_new(points->data, points->len * sizeof(double));
    LacDrawingShape curve = { .kind = LAC_DRAWING_CURVE, .points = bytes, .width = CONTOUR };
    memcpy(curve.color, color, sizeof curve.color);
    lac_drawing_add(drawing, &curve);
}

// Lines that stand out from the colours: white where most of these are dark.
static void
add_contours(const Plane *plane, const Picture *picture, const LacTransfer *transfer,
    LacDrawing *drawing)
{
    const LacFigureSlice *slice = &plane->figure->slice;
    for (guint i = 0; i < slice->n_contours; i++) {
        double t = (slice->contours[i] - transfer->lo) / (transfer->hi - transfer->lo);
        float under[3], color[3];
        t = CLAMP(transfer->reversed ? 1.0 - t : t, 0.0, 1.0);
        lac_colormap_lookup(transfer->colormap, t, under);
        float grey = 0.2126f * under[0] + 0.7152f * under[1] + 0.0722f * under[2];
        color[0] = color[1] = color[2] = grey < 0.55f ? 1.0f : 0.0f;
        add_contour(plane, picture, slice->contours[i], color, drawing);
    }
}

// --- atoms

static void
add_circle(const Plane *plane, gsize i, double radius, const float color[3], LacDrawing *drawing)
{
    const LacAtoms *atoms = plane->data->atoms;
    const double *const axes[3] = { atoms->x, atoms->y, atoms->z };
    LacDrawingShape circle = { .kind = LAC_DRAWING_CIRCLE,
        .x = 0.5 * plane->width_pt + plane->scale * (axes[plane->right][i] - plane->x0),
        .y = 0.5 * plane->height_pt - plane->scale * (axes[plane->up][i] - plane->y0),
        .x2 = plane->scale * radius,
        .width = ATOM_WIDTH + 2.0 * RIM_WIDTH,
        .clear = 0.35 };
    if (circle.x + circle.x2 < 0.0 || circle.x - circle.x2 > plane->width_pt ||
        circle.y + circle.x2 < 0.0 || circle.y - circle.x2 > plane->height_pt)
        return;
    lac_drawing_add(drawing, &circle);
    circle.width = ATOM_WIDTH;
    circle.clear = 0.0;
    memcpy(circle.color, color, sizeof circle.color);
    lac_drawing_add(drawing, &circle);
}

// The circles that the plane cuts out of the atoms; within a thick slice, of all that touch it.
static void
add_atoms(const Plane *plane, LacDrawing *drawing)
{
    const LacFigureData *data = plane->data;
    const LacAtoms *atoms = data->atoms;
    const double *const axes[3] = { atoms->x, atoms->y, atoms->z };
    g_autofree float *radii = g_new(float, MAX(atoms->n, 1));
    g_autofree guint8 *rgba = g_malloc(4 * MAX(atoms->n, 1));
    lac_atom_look_apply(&plane->figure->look, atoms, data->match, data->values, radii, rgba);
    for (gsize i = 0; i < atoms->n; i++) {
        const gboolean is_present = lac_atoms_is_present(atoms, i);
        double radius = (double) radii[i] * (is_present ? 1.0 : GHOST_RADIUS);
        double off = fabs(axes[plane->normal][i] - plane->position);
        off = MAX(off - 0.5 * plane->figure->slice.thickness, 0.0);
        if (off >= DEEPEST * radius || (!is_present && !plane->figure->scene.atoms.show_ghosts))
            continue;
        const float color[3] = { (float) rgba[4 * i] / 255.0f, (float) rgba[4 * i + 1] / 255.0f,
            (float) rgba[4 * i + 2] / 255.0f };
        add_circle(plane, i, sqrt(radius * radius - off * off), color, drawing);
    }
}

// --- all of it

static Plane
make_plane(const LacFigure *figure, const LacFigureData *data)
{
    const LacCamera *camera = &figure->scene.camera;
    const LacVolume *volume = data->volume;
    Plane plane = { .figure = figure,
        .data = data,
        .normal = figure->slice.axis,
        .position = figure->slice.position,
        .height = camera->height,
        .height_pt = figure->height_mm / MM * PT,
        .voxel = lac_volume_get_scale(volume),
        .origin = { volume->origin.x, volume->origin.y, volume->origin.z },
        .n = { volume->nx, volume->ny, volume->nz } };
    find_axes(plane.normal, &plane.right, &plane.up);
    plane.x0 = get_component(camera->target, plane.right);
    plane.y0 = get_component(camera->target, plane.up);
    plane.width_pt = plane.height_pt * get_aspect(figure, data);
    plane.scale = plane.height_pt / plane.height;
    return plane;
}

// A scene that looks as the slice does, for what stands over it.
static LacScene
make_scene(const LacFigure *figure, const Plane *plane, const LacTransfer *transfer)
{
    LacScene scene = figure->scene;
    scene.transfer = *transfer;
    scene.camera.perspective = FALSE;
    lac_camera_set_axis(&scene.camera, (LacAxis) plane->normal, FALSE);
    const LacMat3 m = lac_camera_get_matrix(&scene.camera);
    if (m.m[0][plane->right] < 0.5 || m.m[1][plane->up] < 0.5)
        lac_camera_set_axis(&scene.camera, (LacAxis) plane->normal, TRUE);
    // The middle of the whole picture is not that of the slice.
    const double off =
        (0.5 * figure->width_mm / MM * PT - get_left(figure) - 0.5 * plane->width_pt) /
        plane->scale;
    scene.camera.target = figure->scene.camera.target;
    scene.camera.target.x += plane->right == LAC_AXIS_X ? off : 0.0;
    scene.camera.target.y += plane->right == LAC_AXIS_Y ? off : 0.0;
    scene.camera.height = figure->scene.camera.height;
    return scene;
}

/**
 * lac_figure_draw_slice:
 * @figure: a slice
 * @data: what it shows: a volume, and atoms if wanted
 * @scale_bar: (out) (optional): [Å] length of the scale bar; 0 without
 * @progress: (nullable): to cancel
 * @error: return location for a #GError
 *
 * Draws the plane as pixels, of which there are as many as the figure has, and the rest as vectors.
 *
 * Returns: (transfer full): the shapes, in points, or %NULL with @error set
 */
LacDrawing *
lac_figure_draw_slice(const LacFigure *figure, const LacFigureData *data, double *scale_bar,
    LacProgress *progress, GError **error)
{
    g_autoptr(LacFigure) fitted = lac_figure_copy(figure);
    int width, height;
    if (!lac_figure_fit_slice(fitted, data, error) ||
        !lac_figure_get_pixels(figure, &width, &height, error))
        return NULL;
    const Plane plane = make_plane(fitted, data);
    Picture picture = { .plane = &plane,
        .n_columns = MAX((gsize) ((double) width * plane.width_pt * MM / PT / figure->width_mm), 1),
        .n_rows = (gsize) height };
    g_autoptr(LacDrawing) drawing =
        lac_drawing_new(plane.width_pt, plane.height_pt, figure->overlay.font);
    g_autoptr(LacDrawing) page =
        lac_drawing_new(figure->width_mm / MM * PT, plane.height_pt, figure->overlay.font);
    LacTransfer transfer = figure->scene.transfer;
    picture.values = lac_alloc(picture.n_rows * picture.n_columns, sizeof(float), error);
    if (picture.values == NULL)
        return NULL;
    lac_parallel_for(picture.n_rows, 16, fill_row, &picture);
    find_range(&picture, &transfer);
    gboolean done = lac_progress_update(progress, 0.5, error) &&
        add_image(&plane, &picture, &transfer, drawing, error);
    if (done)
        add_contours(&plane, &picture, &transfer, drawing);
    lac_free(picture.values);
    if (!done)
        return NULL;
    const LacDrawingShape edge = { .kind = LAC_DRAWING_CLIP,
        .x2 = plane.width_pt,
        .y2 = plane.height_pt };
    lac_drawing_add(drawing, &edge);
    if (figure->slice.atoms && data->atoms != NULL)
        add_atoms(&plane, drawing);
    lac_drawing_add(drawing, &(LacDrawingShape){ .kind = LAC_DRAWING_CLIP });
    const LacScene scene = make_scene(fitted, &plane, &transfer);
    g_autoptr(LacDrawing) over = lac_figure_draw_overlay(fitted, &scene, data, scale_bar);
    lac_drawing_append(page, drawing, get_left(figure), 0.0);
    lac_drawing_append(page, over, 0.0, 0.0);
    return g_steal_pointer(&page);
}
