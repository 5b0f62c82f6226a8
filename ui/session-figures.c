// SPDX-License-Identifier: GPL-3.0-or-later
// What the session keeps of figures: recipes, labels and film, as JSON with a place in the history.
#include "ui/session-private.h"

#define MEMBER     "figures" // of what the views keep in the project
#define OLD_MEMBER "recipes" // of projects before there were labels and films

static char *
dup_text(JsonObject *object)
{
    g_autoptr(JsonNode) node = json_node_alloc();
    json_node_init_object(node, object);
    return json_to_string(node, FALSE);
}

/**
 * lac_session_dup_figures:
 * @self: a session
 *
 * Returns: (transfer full): a copy of what is kept: "recipes", texts by name; "labels", texts as in
 *     a recipe; "film", a text
 */
JsonObject *
lac_session_dup_figures(LacSession *self)
{
    g_return_val_if_fail(LAC_IS_SESSION(self), NULL);

    const char *text = self->state->figures;
    g_autoptr(JsonNode) node = text != NULL ? json_from_string(text, NULL) : NULL;
    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_dup_object(node)
                                                        : json_object_new();
}

/**
 * lac_session_set_figures:
 * @self: a session
 * @figures: what is to be kept instead; copied
 * @label: what the step is called in the history
 *
 * Marks the project modified; can be undone. Nothing is done where nothing differs.
 */
void
lac_session_set_figures(LacSession *self, JsonObject *figures, const char *label)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    g_autofree char *text = dup_text(figures);
    if (g_strcmp0(text, self->state->figures) == 0)
        return;
    lac_session_push_undo(self, label);
    g_free(self->state->figures);
    self->state->figures = g_steal_pointer(&text);
    lac_session_emit(self, LAC_SESSION_FIGURES_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

/**
 * lac_session_load_figures:
 * @self: a session whose views were just opened
 *
 * Takes the figures from what the views kept.
 */
void
lac_session_load_figures(LacSession *self)
{
    JsonNode *node = json_object_get_member(self->views, MEMBER);
    JsonNode *old = json_object_get_member(self->views, OLD_MEMBER);
    g_clear_pointer(&self->state->figures, g_free);
    if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
        self->state->figures = dup_text(json_node_get_object(node));
    else if (old != NULL && JSON_NODE_HOLDS_OBJECT(old)) {
        g_autoptr(JsonObject) figures = json_object_new();
        json_object_set_object_member(figures, "recipes", json_node_dup_object(old));
        self->state->figures = dup_text(figures);
    }
}

/**
 * lac_session_store_figures:
 * @self: a session that is about to be saved
 *
 * Writes the figures into what the views keep.
 */
void
lac_session_store_figures(LacSession *self)
{
    json_object_remove_member(self->views, OLD_MEMBER);
    json_object_set_object_member(self->views, MEMBER, lac_session_dup_figures(self));
}
