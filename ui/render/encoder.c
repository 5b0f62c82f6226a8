// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/encoder.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROGRAM  "ffmpeg"
#define MAX_NOTE 400 // bytes of what the encoder complains about

struct LacEncoder {
    char *path, *temporary; // written beside the old file and renamed
    int width, height;
    guint8 *rgb; // one picture
    GSubprocess *process;
    GSocket *frames; // its standard input; a socket, so that its death is an error and no signal
};

static const struct {
    const char *suffix, *format;
    const char *codec[10];
} formats[] = {
    { ".mp4", "mp4",
        { "-c:v", "libx264", "-preset", "medium", "-crf", "16", "-movflags", "+faststart", NULL } },
    { ".webm", "webm", { "-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-row-mt", "1", NULL } },
};

// Returns G_N_ELEMENTS(formats) where there is none.
static guint
find_format(const char *path)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    guint i = 0;
    while (i < G_N_ELEMENTS(formats) && !g_str_has_suffix(lower, formats[i].suffix))
        i++;
    return i;
}

/**
 * lac_encoder_knows:
 * @path: of a file to be written
 *
 * Returns: whether its name is that of a film: it ends in .mp4 or .webm
 */
gboolean
lac_encoder_knows(const char *path)
{
    return find_format(path) < G_N_ELEMENTS(formats);
}

/**
 * lac_encoder_check:
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error telling that there is no encoder, and what else one can do
 */
gboolean
lac_encoder_check(GError **error)
{
    g_autofree char *program = g_find_program_in_path(PROGRAM);
    if (program != NULL)
        return TRUE;
    g_set_error_literal(error, LAC_ERROR, LAC_ERROR_UNSUPPORTED,
        "A film needs the program ffmpeg, which is not installed; a name that ends in .png writes "
        "numbered pictures without it");
    return FALSE;
}

static gboolean
make_pair(LacEncoder *self, int *theirs, GError **error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(error, G_IO_ERROR, (int) g_io_error_from_errno(errno),
            "Cannot open a channel to " PROGRAM ": %s", g_strerror(errno));
        return FALSE;
    }
    self->frames = g_socket_new_from_fd(ends[0], error);
    if (self->frames == NULL) {
        close(ends[0]);
        close(ends[1]);
        return FALSE;
    }
    *theirs = ends[1];
    return TRUE;
}

static void
add_words(GPtrArray *argv, const char *const *words)
{
    for (guint i = 0; words[i] != NULL; i++)
        g_ptr_array_add(argv, g_strdup(words[i]));
}

// Edges become even, which the usual way to keep colours asks for.
static GPtrArray *
make_arguments(const LacEncoder *self, double fps, const char *comment)
{
    static const char *const begin[] = { PROGRAM, "-hide_banner", "-loglevel", "error", "-y", "-f",
        "rawvideo", "-pix_fmt", "rgb24", NULL };
    static const char *const colors[] = { "-an", "-vf",
        "pad=ceil(iw/2)*2:ceil(ih/2)*2:0:0:white,scale=out_color_matrix=bt709:flags=accurate_rnd,"
        "format=yuv420p",
        "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", NULL };
    const guint format = find_format(self->path);
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    add_words(argv, begin);
    g_ptr_array_add(argv, g_strdup("-s"));
    g_ptr_array_add(argv, g_strdup_printf("%dx%d", self->width, self->height));
    g_ptr_array_add(argv, g_strdup("-r"));
    g_ptr_array_add(argv, g_strdup(g_ascii_dtostr(number, sizeof number, fps)));
    g_ptr_array_add(argv, g_strdup("-i"));
    g_ptr_array_add(argv, g_strdup("pipe:0"));
    add_words(argv, colors);
    add_words(argv, formats[format].codec);
    if (comment != NULL) {
        g_ptr_array_add(argv, g_strdup("-metadata"));
        g_ptr_array_add(argv, g_strconcat("comment=", comment, NULL));
    }
    g_ptr_array_add(argv, g_strdup("-f"));
    g_ptr_array_add(argv, g_strdup(formats[format].format));
    g_ptr_array_add(argv, g_strdup(self->temporary));
    g_ptr_array_add(argv, NULL);
    return argv;
}

/**
 * lac_encoder_new:
 * @path: the film to write; its name tells the format
 * @width: [pixel] of all pictures
 * @height: [pixel]
 * @fps: [1/s] pictures a second
 * @comment: (nullable): kept in the film
 * @error: return location for a #GError
 *
 * Starts the encoder. The file appears under its name when the film is finished.
 *
 * Returns: (transfer full): an encoder that waits for pictures, or %NULL with @error set
 */
LacEncoder *
lac_encoder_new(const char *path, int width, int height, double fps, const char *comment,
    GError **error)
{
    g_return_val_if_fail(lac_encoder_knows(path) && width > 0 && height > 0, NULL);

    if (!lac_encoder_check(error))
        return NULL;
    g_autoptr(LacEncoder) self = g_new0(LacEncoder, 1);
    int theirs = -1;
    self->path = g_strdup(path);
    self->temporary = g_strconcat(path, ".part", NULL);
    self->width = width;
    self->height = height;
    self->rgb = lac_alloc((gsize) height, 3 * (gsize) width, error);
    if (self->rgb == NULL || !make_pair(self, &theirs, error))
        return NULL;
    g_autoptr(GPtrArray) argv = make_arguments(self, fps, comment);
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_subprocess_launcher_take_stdin_fd(launcher, theirs);
    self->process =
        g_subprocess_launcher_spawnv(launcher, (const char *const *) argv->pdata, error);
    // Our copy of the encoder's end must not outlive this, or its death would go unseen.
    g_subprocess_launcher_close(launcher);
    return self->process != NULL ? g_steal_pointer(&self) : NULL;
}

// What the encoder said last, in one line.
static char *
dup_complaint(LacEncoder *self)
{
    char text[MAX_NOTE + 1];
    gsize n = 0;
    g_input_stream_read_all(g_subprocess_get_stderr_pipe(self->process), text, MAX_NOTE, &n, NULL,
        NULL);
    text[n] = '\0';
    g_strdelimit(g_strstrip(text), "\r\n", ' ');
    return g_utf8_make_valid(text[0] != '\0' ? text : "it ended without a word", -1);
}

static gboolean
fail(LacEncoder *self, GError **error)
{
    g_subprocess_force_exit(self->process);
    g_autofree char *complaint = dup_complaint(self);
    g_set_error(error, LAC_ERROR, LAC_ERROR_INTERNAL, PROGRAM " cannot write %s: %s", self->path,
        complaint);
    return FALSE;
}

// What is transparent becomes white: films have no transparency.
static void
drop_alpha(const LacEncoder *self, const guint8 *rgba)
{
    gsize n = (gsize) self->width * (gsize) self->height;
    for (gsize i = 0; i < n; i++) {
        guint alpha = rgba[4 * i + 3];
        for (gsize c = 0; c < 3; c++)
            self->rgb[3 * i + c] =
                (guint8) ((rgba[4 * i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

/**
 * lac_encoder_add_frame:
 * @self: an encoder
 * @rgba: width x height pixels of sRGB with alpha (not premultiplied), from the top
 * @error: return location for a #GError
 *
 * Waits until the encoder has taken the picture.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
lac_encoder_add_frame(LacEncoder *self, const guint8 *rgba, GError **error)
{
    gsize n = 3 * (gsize) self->width * (gsize) self->height, sent = 0;
    drop_alpha(self, rgba);
    while (sent < n) {
        gssize now =
            g_socket_send(self->frames, (const char *) self->rgb + sent, n - sent, NULL, NULL);
        if (now <= 0)
            return fail(self, error);
        sent += (gsize) now;
    }
    return TRUE;
}

/**
 * lac_encoder_finish:
 * @self: an encoder that has all pictures
 * @error: return location for a #GError
 *
 * Waits for the end of the film and gives the file its name.
 *
 * Returns: %TRUE, or %FALSE with @error set and no file written
 */
gboolean
lac_encoder_finish(LacEncoder *self, GError **error)
{
    g_socket_close(self->frames, NULL);
    if (!g_subprocess_wait(self->process, NULL, error))
        return FALSE;
    if (!g_subprocess_get_successful(self->process))
        return fail(self, error);
    if (g_rename(self->temporary, self->path) == 0)
        return TRUE;
    int reason = errno;
    g_set_error(error, G_IO_ERROR, (int) g_io_error_from_errno(reason), "Cannot write %s: %s",
        self->path, g_strerror(reason));
    return FALSE;
}

/**
 * lac_encoder_free:
 * @self: (nullable) (transfer full): an encoder
 *
 * A film that was not finished leaves nothing.
 */
void
lac_encoder_free(LacEncoder *self)
{
    if (self == NULL)
        return;
    if (self->process != NULL) {
        g_subprocess_force_exit(self->process);
        g_subprocess_wait(self->process, NULL, NULL);
        g_unlink(self->temporary);
    }
    g_clear_object(&self->process);
    g_clear_object(&self->frames);
    lac_free(self->rgb);
    g_free(self->path);
    g_free(self->temporary);
    g_free(self);
}
