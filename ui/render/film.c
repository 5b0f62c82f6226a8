// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/film.h"

#include "core/array.h"
#include "core/error.h"
#include "core/figure/png.h"
#include "ui/render/encoder.h"
#include "ui/render/film-image.h"

#include <glib/gstdio.h>
#include <string.h>

// What is needed while a film is drawn.
typedef struct {
    const LacFilm *film;
    const char *path;
    LacScene start;
    LacAnimationData data;
    int n_frames;
    LacFilmImage *image; // (nullable)
    LacEncoder *encoder; // (nullable)
    GPtrArray *written;  // paths of pictures
    guint8 *rgba;        // (nullable) the picture drawn last
    gsize tilt;          // that it shows
} Work;

static gboolean
needs_pixels(const char *path, const LacAnimation *animation)
{
    return lac_encoder_knows(path) || (animation->kind == LAC_ANIMATION_TILT && animation->images);
}

/**
 * lac_film_check_path:
 * @path: of a film to be written: .mp4 or .webm; or of numbered pictures
 * @animation: what moves
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error set if no film can have such a name, or the encoder is missing
 */
gboolean
lac_film_check_path(const char *path, const LacAnimation *animation, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    if (lac_encoder_knows(path))
        return lac_encoder_check(error);
    if (needs_pixels(path, animation) && !g_str_has_suffix(lower, ".png")) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
            "%s: a film with measured images is written as .mp4, .webm or numbered .png", path);
        return FALSE;
    }
    if (lac_figure_check_path(path, NULL))
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
        "%s is no film that can be written: its name ends in none of .mp4, .webm, .png, .tif, .pdf "
        "and .svg",
        path);
    return FALSE;
}

// The number goes before the suffix.
static char *
dup_frame_path(const char *path, int frame)
{
    const char *dot = strrchr(path, '.');
    return g_strdup_printf("%.*s-%04d%s", (int) (dot - path), path, frame + 1, dot);
}

static gboolean
show_frame(Work *work, int frame, LacProgress *progress, GError **error)
{
    const LacFilm *film = work->film;
    LacScene scene;
    lac_animation_apply(film->animation, &work->data, frame, &scene);
    return lac_figure_view_set_scene(film->view, film->figure, &scene, progress, error);
}

static gboolean
write_picture(Work *work, int frame, LacProgress *progress, GError **error)
{
    const LacFilm *film = work->film;
    char *path = dup_frame_path(work->path, frame);
    g_ptr_array_add(work->written, path);
    return show_frame(work, frame, progress, error) &&
        lac_figure_write(film->figure, film->view, film->renderer, film->notes, path, progress,
            error);
}

static gboolean
write_png(Work *work, int frame, const guint8 *rgba, int width, int height, GError **error)
{
    const LacFigureNotes *notes = work->film->notes;
    const char *const text[] = { "Software", "Lacuna " LAC_VERSION, LAC_FIGURE_RECIPE_KEY,
        notes->recipe, NULL };
    char *path = dup_frame_path(work->path, frame);
    g_ptr_array_add(work->written, path);
    g_autoptr(LacPngWriter) writer = lac_png_writer_new(path, (guint) width, (guint) height, FALSE,
        work->film->figure->dpi, text, error);
    return writer != NULL && lac_png_writer_add_rows(writer, rgba, (guint) height, error) &&
        lac_png_writer_finish(writer, error);
}

// Tilts that stand still are drawn once.
static gboolean
draw_frame(Work *work, int frame, LacProgress *progress, GError **error)
{
    const LacFilm *film = work->film;
    gsize tilt = film->animation->kind == LAC_ANIMATION_TILT
        ? lac_animation_get_tilt(film->animation, film->series, frame)
        : 0;
    if (work->rgba != NULL && film->animation->kind == LAC_ANIMATION_TILT && tilt == work->tilt)
        return lac_progress_update(progress, 1.0, error);
    g_clear_pointer(&work->rgba, lac_free);
    work->tilt = tilt;
    if (!show_frame(work, frame, progress, error))
        return FALSE;
    work->rgba = lac_figure_draw(film->figure, film->view, film->renderer, progress, error);
    return work->rgba != NULL;
}

static gboolean
write_frame(Work *work, int frame, LacProgress *progress, GError **error)
{
    const LacFigureView *view = work->film->view;
    int width = view->width, height = view->height;
    if (!needs_pixels(work->path, work->film->animation))
        return write_picture(work, frame, progress, error);
    if (!draw_frame(work, frame, progress, error))
        return FALSE;
    const guint8 *rgba = work->rgba;
    if (work->image != NULL) {
        rgba = lac_film_image_join(work->image, &view->scene.camera, rgba, work->tilt);
        lac_film_image_get_size(work->image, &width, &height);
    }
    return work->encoder != NULL ? lac_encoder_add_frame(work->encoder, rgba, error)
                                 : write_png(work, frame, rgba, width, height, error);
}

static gboolean
begin(Work *work, GError **error)
{
    const LacFilm *film = work->film;
    int width = film->view->width, height = film->view->height;
    if (!lac_animation_check(film->animation, film->series, error) ||
        !lac_film_check_path(work->path, film->animation, error))
        return FALSE;
    if (film->animation->kind == LAC_ANIMATION_TILT && film->animation->images) {
        work->image = lac_film_image_new(film->figure, film->view, film->series, error);
        if (work->image == NULL)
            return FALSE;
        lac_film_image_get_size(work->image, &width, &height);
    }
    if (!lac_encoder_knows(work->path))
        return TRUE;
    work->encoder = lac_encoder_new(work->path, width, height, film->animation->fps,
        "Made with Lacuna " LAC_VERSION, error);
    return work->encoder != NULL;
}

static gboolean
write_frames(Work *work, LacProgress *progress, GError **error)
{
    const int n = work->n_frames;
    for (int i = 0; i < n; i++) {
        lac_progress_message(progress, "Drawing %d of %d", i + 1, n);
        lac_progress_set_span(progress, (double) i / n, (double) (i + 1) / n);
        if (!write_frame(work, i, progress, error))
            return FALSE;
    }
    return work->encoder == NULL || lac_encoder_finish(work->encoder, error);
}

/**
 * lac_film_write:
 * @self: what to draw and how it moves
 * @path: .mp4 or .webm for a film of the encoder that is installed, else numbered pictures
 * @progress: (nullable): cancel and progress
 * @error: return location for a #GError
 *
 * Draws all frames, each as lac_figure_write() draws the still picture.
 *
 * Returns: %TRUE, or %FALSE with @error set and nothing written
 */
gboolean
lac_film_write(const LacFilm *self, const char *path, LacProgress *progress, GError **error)
{
    LacFigureView *view = self->view;
    Work work = { .film = self, .path = path, .start = view->scene };
    work.data = (LacAnimationData){ .start = &work.start,
        .box = lac_figure_view_get_box(view),
        .volume = view->texture != NULL ? view->texture->volume : NULL,
        .series = self->series };
    work.n_frames = lac_animation_get_n_frames(self->animation);
    work.written = g_ptr_array_new_with_free_func(g_free);
    gboolean done = begin(&work, error) && write_frames(&work, progress, error);
    for (guint i = 0; i < work.written->len && !done; i++)
        g_unlink(g_ptr_array_index(work.written, i));
    lac_progress_set_span(progress, 0.0, 1.0);
    lac_encoder_free(work.encoder);
    lac_film_image_free(work.image);
    lac_free(work.rgba);
    g_ptr_array_unref(work.written);
    return done;
}
