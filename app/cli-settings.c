// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-settings.h"

/**
 * lac_cli_settings_init:
 * @self: (out caller-allocates): receives the options
 * @table: the parameters
 * @params: a struct with the defaults, only read by lac_cli_settings_add()
 */
void
lac_cli_settings_init(LacCliSettings *self, LacSettings table, gconstpointer params)
{
    *self = (LacCliSettings){ .table = table, .params = params };
    self->texts = g_new0(char *, table.n);
    self->help = g_ptr_array_new_with_free_func(g_free);
}

/**
 * lac_cli_settings_clear:
 * @self: options, or zeros
 */
void
lac_cli_settings_clear(LacCliSettings *self)
{
    for (gsize i = 0; i < self->table.n && self->texts != NULL; i++)
        g_free(self->texts[i]);
    g_clear_pointer(&self->texts, g_free);
    g_clear_pointer(&self->help, g_ptr_array_unref);
}

/**
 * lac_cli_settings_add:
 * @self: options
 * @entries: (element-type GOptionEntry): receives one per setting; valid as long as @self
 */
void
lac_cli_settings_add(LacCliSettings *self, GArray *entries)
{
    for (gsize i = 0; i < self->table.n; i++) {
        const LacSetting *setting = &self->table.settings[i];
        g_autofree char *value = lac_setting_dup_text(setting, self->params);
        GString *help = g_string_new(setting->title);
        g_string_append_printf(help, ": %s", setting->help);
        for (guint c = 0; setting->choices != NULL && setting->choices[c] != NULL; c++)
            g_string_append_printf(help, "%s %s", c > 0 ? "," : ";", setting->choices[c]);
        if (*value != '\0')
            g_string_append_printf(help, " (%s)", value);
        g_ptr_array_add(self->help, help->str);
        const char *argument = setting->unit != NULL ? setting->unit
            : setting->type == LAC_SETTING_BOOLEAN   ? "yes|no"
            : setting->type == LAC_SETTING_UINT      ? "N"
                                                     : "VALUE";
        GOptionEntry entry = { .long_name = setting->key,
            .arg = G_OPTION_ARG_STRING,
            .arg_data = &self->texts[i],
            .description = g_string_free(help, FALSE),
            .arg_description = argument };
        g_array_append_val(entries, entry);
    }
}

/**
 * lac_cli_settings_get:
 * @self: options that were parsed
 * @key: of a setting
 *
 * Returns: (nullable): what was given for it
 */
const char *
lac_cli_settings_get(const LacCliSettings *self, const char *key)
{
    const LacSetting *setting = lac_settings_find(self->table, key);
    return setting != NULL ? self->texts[setting - self->table.settings] : NULL;
}

/**
 * lac_cli_settings_apply:
 * @self: options that were parsed
 * @params: the struct that the table describes; what was given is set
 * @error: return location for a #GError
 *
 * Returns: %TRUE, or %FALSE with @error naming the option
 */
gboolean
lac_cli_settings_apply(const LacCliSettings *self, gpointer params, GError **error)
{
    for (gsize i = 0; i < self->table.n; i++)
        if (self->texts[i] != NULL &&
            !lac_setting_parse(&self->table.settings[i], params, self->texts[i], error)) {
            g_prefix_error(error, "--");
            return FALSE;
        }
    return TRUE;
}
