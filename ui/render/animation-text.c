// SPDX-License-Identifier: GPL-3.0-or-later
// The text of a film: how it is read and written.
#include "core/error.h"
#include "core/figure/keyed-text.h"
#include "ui/render/animation-keys.h"

#include <math.h>
#include <string.h>

static const char *const kinds[] = { "turntable", "tilt", "sweep", "keys", NULL };
static const char *const turns[] = { "vertical", "horizontal", "x", "y", "z", NULL };
static const char *const axes[] = { "x", "y", "z", NULL };
static const char *const flags[] = { "no", "yes", NULL };

static const LacKeyedFormat format = { "lacuna-film", "film", LAC_ANIMATION_VERSION, TRUE };

// --- writing

static void
append_number(GString *out, const char *key, double value)
{
    g_string_append_printf(out, "%s = ", key);
    lac_keyed_text_append_number(out, value);
    g_string_append_c(out, '\n');
}

static void
append_channel(GString *out, const LacChannel *channel, const LacKeyFrame *key)
{
    const double *values = key->values + channel->first;
    g_string_append_printf(out, "%s = ", channel->key);
    if (channel->kind == LAC_CHANNEL_FLAG)
        g_string_append(out, flags[values[0] > 0.5 ? 1 : 0]);
    for (guint i = 0; i < channel->n && channel->kind != LAC_CHANNEL_FLAG; i++) {
        if (i > 0)
            g_string_append_c(out, ' ');
        lac_keyed_text_append_number(out, values[i]);
    }
    g_string_append_c(out, '\n');
}

static void
append_keys(GString *out, const GArray *keys)
{
    guint n;
    const LacChannel *channels = lac_key_get_channels(&n);
    g_string_append(out,
        "\n# Key frames: a time in seconds, and what is to be then. What one does not say goes\n"
        "# smoothly from the one before that says it to the one after. Lengths in Å; rotation is a\n"
        "# unit quaternion w x y z; spin turns about the vertical besides, in degrees; opacities\n"
        "# multiply those of the picture.\n");
    for (guint k = 0; k < keys->len; k++) {
        const LacKeyFrame *key = &g_array_index(keys, LacKeyFrame, k);
        g_string_append_c(out, '\n');
        append_number(out, "key", key->time);
        for (guint i = 0; i < n; i++)
            if ((key->channels & (1u << i)) != 0)
                append_channel(out, &channels[i], key);
    }
}

/**
 * lac_animation_dup_text:
 * @self: a film
 *
 * Returns: (transfer full): the text from which lac_animation_from_text() makes the same film
 */
char *
lac_animation_dup_text(const LacAnimation *self)
{
    GString *out =
        g_string_new("# A film of Lacuna: what moves; the picture is that of a recipe.\n");
    g_string_append_printf(out, "lacuna-film = %d\nkind = %s\n", LAC_ANIMATION_VERSION,
        kinds[self->kind]);
    append_number(out, "fps", self->fps);
    if (self->kind != LAC_ANIMATION_KEYS)
        append_number(out, "seconds", self->seconds);
    if (self->kind == LAC_ANIMATION_TURNTABLE) {
        g_string_append_printf(out, "axis = %s\n", turns[self->turn_axis]);
        append_number(out, "degrees", self->degrees);
    }
    if (self->kind == LAC_ANIMATION_SWEEP)
        g_string_append_printf(out, "axis = %s\n", axes[self->sweep_axis]);
    if (self->kind == LAC_ANIMATION_TILT)
        g_string_append_printf(out, "images = %s\n", flags[self->images ? 1 : 0]);
    if (self->kind == LAC_ANIMATION_KEYS)
        append_keys(out, self->keys);
    return g_string_free(out, FALSE);
}

// --- reading

typedef struct {
    const LacKeyedText *text;
    const LacKeyedEntry *entry;
    LacAnimation *film;
    LacKeyFrame *key; // (nullable) the one whose lines follow
    guint first;      // entry of the part that is being read
} Reader;

// Within the head, and within each key frame, a key stands once.
static gboolean
check_repeats(const Reader *r, guint i, GError **error)
{
    for (guint k = r->first; k < i; k++) {
        const LacKeyedEntry *other = g_ptr_array_index(r->text->entries, k);
        if (!g_str_equal(other->key, r->entry->key))
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT,
            "Line %u of %s says \"%s\" again, after line %u", r->entry->line, r->text->name,
            r->entry->key, other->line);
        return FALSE;
    }
    return TRUE;
}

static gboolean
is_no_number(const double *values, guint n)
{
    for (guint i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return TRUE;
    return FALSE;
}

static gboolean
get_number(const Reader *r, double lo, double hi, double *value, GError **error)
{
    return lac_keyed_text_get_numbers(r->text, r->entry, 1, lo, hi, value, error) &&
        (!is_no_number(value, 1) || lac_keyed_text_bad_value(r->text, r->entry, "a number", error));
}

static gboolean
begin_key(Reader *r, GError **error)
{
    GArray *keys = r->film->keys;
    LacKeyFrame key = { 0 };
    if (r->film->kind != LAC_ANIMATION_KEYS)
        return lac_keyed_text_bad_value(r->text, r->entry,
            "expected in a film of another kind than \"keys\"", error);
    if (!get_number(r, 0.0, 36000.0, &key.time, error))
        return FALSE;
    if (keys->len > 0 && key.time <= g_array_index(keys, LacKeyFrame, keys->len - 1).time)
        return lac_keyed_text_bad_value(r->text, r->entry, "later than the key frame before",
            error);
    g_array_append_val(keys, key);
    r->key = &g_array_index(keys, LacKeyFrame, keys->len - 1);
    return TRUE;
}

static gboolean
check_channel(const Reader *r, const LacChannel *channel, double *v, GError **error)
{
    double norm = 0.0;
    guint n = channel->kind == LAC_CHANNEL_PLANE ? 3 : channel->n;
    if (is_no_number(v, channel->n))
        return lac_keyed_text_bad_value(r->text, r->entry, "made of numbers", error);
    if (channel->kind != LAC_CHANNEL_ROTATION && channel->kind != LAC_CHANNEL_PLANE)
        return TRUE;
    for (guint i = 0; i < n; i++)
        norm += v[i] * v[i];
    norm = sqrt(norm);
    if (channel->kind == LAC_CHANNEL_ROTATION && !(fabs(norm - 1.0) < 1e-3))
        return lac_keyed_text_bad_value(r->text, r->entry, "a unit quaternion w x y z", error);
    if (!(norm > 1e-9))
        return lac_keyed_text_bad_value(r->text, r->entry,
            "a direction and a distance in Å: four numbers", error);
    // What was written as one stays as it was written.
    for (guint i = 0; i < n && fabs(norm - 1.0) > 1e-12; i++)
        v[i] /= norm;
    return TRUE;
}

static gboolean
read_channel(const Reader *r, const LacChannel *channel, guint bit, GError **error)
{
    double *v = r->key->values + channel->first;
    int flag = 0;
    r->key->channels |= 1u << bit;
    if (channel->kind == LAC_CHANNEL_FLAG) {
        if (!lac_keyed_text_get_choice(r->text, r->entry, flags, &flag, error))
            return FALSE;
        v[0] = flag;
        return TRUE;
    }
    return lac_keyed_text_get_numbers(r->text, r->entry, channel->n, channel->lo, channel->hi, v,
               error) &&
        check_channel(r, channel, v, error);
}

static gboolean
no_such_key(const Reader *r, GError **error)
{
    g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "Line %u of %s: there is no key \"%.60s\"%s",
        r->entry->line, r->text->name, r->entry->key,
        r->key != NULL ? " of a key frame" : " in front of the key frames");
    return FALSE;
}

static gboolean
read_axis(const Reader *r, GError **error)
{
    int axis = 0;
    gboolean sweeps = r->film->kind == LAC_ANIMATION_SWEEP;
    if (!lac_keyed_text_get_choice(r->text, r->entry, sweeps ? axes : turns, &axis, error))
        return FALSE;
    if (sweeps)
        r->film->sweep_axis = (LacAxis) axis;
    else
        r->film->turn_axis = (LacTurnAxis) axis;
    return TRUE;
}

static gboolean
read_head(const Reader *r, GError **error)
{
    LacAnimation *film = r->film;
    const char *key = r->entry->key;
    int choice = 0;
    if (g_str_equal(key, "kind")) {
        if (r->entry != g_ptr_array_index(r->text->entries, 0))
            return lac_keyed_text_bad_value(r->text, r->entry, "in the line after the version",
                error);
        if (!lac_keyed_text_get_choice(r->text, r->entry, kinds, &choice, error))
            return FALSE;
        film->kind = (LacAnimationKind) choice;
        return TRUE;
    }
    if (g_str_equal(key, "fps"))
        return get_number(r, 1.0, 120.0, &film->fps, error);
    if (g_str_equal(key, "seconds"))
        return get_number(r, 0.01, 36000.0, &film->seconds, error);
    if (g_str_equal(key, "degrees"))
        return get_number(r, -1e6, 1e6, &film->degrees, error);
    if (g_str_equal(key, "axis"))
        return read_axis(r, error);
    if (g_str_equal(key, "images"))
        return lac_keyed_text_get_flag(r->text, r->entry, &film->images, error);
    return no_such_key(r, error);
}

static gboolean
read_entry(Reader *r, guint i, GError **error)
{
    guint n;
    const LacChannel *channels = lac_key_get_channels(&n);
    if (g_str_equal(r->entry->key, "key")) {
        r->first = i + 1;
        return begin_key(r, error);
    }
    if (!check_repeats(r, i, error))
        return FALSE;
    if (r->key == NULL)
        return read_head(r, error);
    for (guint k = 0; k < n; k++)
        if (g_str_equal(channels[k].key, r->entry->key))
            return read_channel(r, &channels[k], k, error);
    return no_such_key(r, error);
}

/**
 * lac_animation_from_text:
 * @text: of a film
 * @name: where it came from, for messages
 * @error: return location for a #GError
 *
 * What the text does not say is as in lac_animation_new(); without a kind it is one of key frames.
 *
 * Returns: (transfer full): the film, or %NULL with @error naming the line at fault
 */
LacAnimation *
lac_animation_from_text(const char *text, const char *name, GError **error)
{
    g_autoptr(LacKeyedText) keyed = lac_keyed_text_parse_as(text, name, &format, error);
    if (keyed == NULL)
        return NULL;
    g_autoptr(LacAnimation) film = lac_animation_new(LAC_ANIMATION_KEYS);
    Reader reader = { .text = keyed, .film = film };
    for (guint i = 0; i < keyed->entries->len; i++) {
        reader.entry = g_ptr_array_index(keyed->entries, i);
        if (!read_entry(&reader, i, error))
            return NULL;
    }
    if (film->kind == LAC_ANIMATION_KEYS && film->keys->len == 0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_FORMAT, "%s has no key frames", name);
        return NULL;
    }
    return g_steal_pointer(&film);
}
