// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/picture.h"

#include <png.h>
#include <string.h>

/**
 * lac_picture_read:
 * @path: a PNG file; the test fails without it
 *
 * Returns: (transfer full): its pixels
 */
LacPicture *
lac_picture_read(const char *path)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    if (!png_image_begin_read_from_file(&image, path))
        g_error("%s: %s", path, image.message);
    LacPicture *self = g_new0(LacPicture, 1);
    *self = (LacPicture){ image.width, image.height, (image.format & PNG_FORMAT_FLAG_ALPHA) != 0,
        NULL };
    image.format = PNG_FORMAT_RGBA;
    self->rgba = g_malloc(PNG_IMAGE_SIZE(image));
    if (!png_image_finish_read(&image, NULL, self->rgba, 0, NULL))
        g_error("%s: %s", path, image.message);
    return self;
}

/**
 * lac_picture_free:
 * @self: (nullable) (transfer full): a picture
 */
void
lac_picture_free(LacPicture *self)
{
    if (self == NULL)
        return;
    g_free(self->rgba);
    g_free(self);
}

/**
 * lac_picture_get:
 * @self: a picture
 * @x: column from the left
 * @y: row from the top
 *
 * Returns: red, green, blue and alpha of that pixel
 */
const guint8 *
lac_picture_get(const LacPicture *self, guint x, guint y)
{
    g_assert_true(x < self->width && y < self->height);
    return self->rgba + 4 * ((gsize) y * self->width + x);
}

/**
 * lac_picture_assert_same:
 * @a: a PNG file
 * @b: another one
 *
 * Asserts that both show the same, whatever else is in the files.
 */
void
lac_picture_assert_same(const char *a, const char *b)
{
    g_autoptr(LacPicture) p = lac_picture_read(a), q = lac_picture_read(b);
    g_assert_cmpuint(p->width, ==, q->width);
    g_assert_cmpuint(p->height, ==, q->height);
    g_assert_true(memcmp(p->rgba, q->rgba, 4 * (gsize) p->width * p->height) == 0);
}
