// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure-export.h"

#include "core/array.h"
#include "core/gpu/egl-context.h"
#include "ui/render/film.h"

// What the worker makes for the clipboard; shared with the main loop.
typedef struct {
    GBytes *pixels; // (nullable) until drawn
    int width, height;
    GdkClipboard *clipboard;
} Copy;

typedef struct {
    LacFigure *figure;
    LacFigureSnapshot *snapshot;
    char *path;         // (nullable) not to a file
    char *source;       // (nullable) name of the project
    LacAnimation *film; // (nullable) one picture
    LacSeries *series;  // (nullable) that the film goes through
    Copy *copy;         // (nullable)
} Export;

static void
copy_clear(gpointer pointer)
{
    Copy *copy = pointer;
    g_clear_pointer(&copy->pixels, g_bytes_unref);
    g_clear_object(&copy->clipboard);
}

static void
copy_release(gpointer pointer)
{
    g_atomic_rc_box_release_full(pointer, copy_clear);
}

static void
export_free(gpointer pointer)
{
    Export *self = pointer;
    lac_figure_free(self->figure);
    lac_figure_snapshot_free(self->snapshot);
    if (self->copy != NULL)
        copy_release(self->copy);
    lac_animation_free(self->film);
    lac_series_unref(self->series);
    g_free(self->path);
    g_free(self->source);
    g_free(self);
}

static gboolean
write_film(const Export *self, LacFigureView *view, LacRenderer *renderer,
    const LacFigureNotes *notes, LacProgress *progress, GError **error)
{
    const LacFilm film = { .figure = self->figure,
        .view = view,
        .renderer = renderer,
        .animation = self->film,
        .series = self->series,
        .notes = notes };
    return lac_film_write(&film, self->path, progress, error);
}

static gboolean
draw_copy(const Export *self, const LacFigureView *view, LacRenderer *renderer,
    LacProgress *progress, GError **error)
{
    guint8 *rgba = lac_figure_draw(self->figure, view, renderer, progress, error);
    if (rgba == NULL)
        return FALSE;
    gsize n = 4 * (gsize) view->width * (gsize) view->height;
    self->copy->pixels = g_bytes_new_with_free_func(rgba, n, lac_free, rgba);
    self->copy->width = view->width;
    self->copy->height = view->height;
    return TRUE;
}

static gpointer
export_job(LacProgress *progress, gpointer pointer, GError **error)
{
    Export *self = pointer;
    g_autoptr(LacEglContext) context = lac_egl_context_new(error);
    if (context == NULL)
        return NULL;
    g_autoptr(LacRenderer) renderer = lac_renderer_new(error);
    if (renderer == NULL)
        return NULL;
    g_autoptr(LacFigureView) view =
        lac_figure_view_new(self->figure, &self->snapshot->data, renderer, progress, error);
    if (view == NULL)
        return NULL;
    lac_progress_message(progress, "Drawing %d × %d pixels", view->width, view->height);
    if (self->copy != NULL)
        return draw_copy(self, view, renderer, progress, error)
            ? g_strdup_printf("Copied %d × %d pixels", view->width, view->height)
            : NULL;
    g_autofree char *recipe = lac_figure_dup_recipe(self->figure);
    g_autofree char *digests =
        lac_figure_dup_digests(self->snapshot->volume, self->snapshot->atoms);
    const LacFigureNotes notes = { .recipe = recipe,
        .data = digests,
        .source = self->source,
        .bits = 16 };
    gboolean done = self->film != NULL
        ? write_film(self, view, renderer, &notes, progress, error)
        : lac_figure_write(self->figure, view, renderer, &notes, self->path, progress, error);
    if (!done)
        return NULL;
    g_autofree char *name = g_filename_display_basename(self->path);
    return self->film != NULL
        ? g_strdup_printf("Wrote %d pictures of %s", lac_animation_get_n_frames(self->film), name)
        : g_strdup_printf("Wrote %s", name);
}

static Export *
export_new(LacSession *session, const LacFigure *figure, LacFigureSnapshot *snapshot)
{
    const char *path = lac_session_get_path(session);
    Export *self = g_new0(Export, 1);
    self->figure = lac_figure_copy(figure);
    self->snapshot = snapshot;
    self->source = path != NULL ? g_path_get_basename(path) : NULL;
    return self;
}

/**
 * lac_figure_export_file:
 * @session: runs the work
 * @figure: what defines the picture; copied
 * @snapshot: (transfer full): what it shows
 * @path: the file; its name tells the format
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_figure_export_file(LacSession *session, const LacFigure *figure, LacFigureSnapshot *snapshot,
    const char *path)
{
    Export *data = export_new(session, figure, snapshot);
    data->path = g_strdup(path);
    g_autoptr(LacJob) job =
        lac_job_new("Exporting the figure", export_job, data, export_free, g_free);
    return lac_session_run_job(session, job, "Cannot export the figure");
}

/**
 * lac_figure_export_film:
 * @session: runs the work; its projections are those that a film goes through
 * @figure: what defines the pictures; copied
 * @snapshot: (transfer full): what they show
 * @film: what moves; copied
 * @path: .mp4 or .webm, or numbered pictures
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_figure_export_film(LacSession *session, const LacFigure *figure, LacFigureSnapshot *snapshot,
    const LacAnimation *film, const char *path)
{
    LacSeries *series = lac_session_get_series(session);
    Export *data = export_new(session, figure, snapshot);
    data->path = g_strdup(path);
    data->film = lac_animation_copy(film);
    data->series = series != NULL ? lac_series_ref(series) : NULL;
    g_autoptr(LacJob) job = lac_job_new("Drawing the film", export_job, data, export_free, g_free);
    return lac_session_run_job(session, job, "Cannot draw the film");
}

static void
copied_cb(LacJob *job, gpointer pointer)
{
    Copy *copy = pointer;
    if (lac_job_get_state(job) != LAC_JOB_DONE || copy->pixels == NULL)
        return;
    g_autoptr(GdkTexture) texture = gdk_memory_texture_new(copy->width, copy->height,
        GDK_MEMORY_R8G8B8A8, copy->pixels, 4 * (gsize) copy->width);
    gdk_clipboard_set_texture(copy->clipboard, texture);
}

static void
release_closure(gpointer pointer, GClosure *closure)
{
    (void) closure;
    copy_release(pointer);
}

/**
 * lac_figure_export_clipboard:
 * @session: runs the work
 * @figure: what defines the picture; copied
 * @snapshot: (transfer full): what it shows
 * @clipboard: gets the picture when it is drawn
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_figure_export_clipboard(LacSession *session, const LacFigure *figure,
    LacFigureSnapshot *snapshot, GdkClipboard *clipboard)
{
    Export *data = export_new(session, figure, snapshot);
    data->copy = g_atomic_rc_box_new0(Copy);
    data->copy->clipboard = g_object_ref(clipboard);
    g_autoptr(LacJob) job =
        lac_job_new("Copying the figure", export_job, data, export_free, g_free);
    g_signal_connect_data(job, "finished", G_CALLBACK(copied_cb),
        g_atomic_rc_box_acquire(data->copy), release_closure, 0);
    return lac_session_run_job(session, job, "Cannot copy the figure");
}
