// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/view-state.h"

#include <math.h>

#define MEMBER "3d"

// --- writing

static JsonArray *
numbers(const double *values, guint n)
{
    JsonArray *array = json_array_sized_new(n);
    for (guint i = 0; i < n; i++)
        json_array_add_double_element(array, values[i]);
    return array;
}

static JsonObject *
save_camera(const LacCamera *camera)
{
    JsonObject *object = json_object_new();
    const double target[] = { camera->target.x, camera->target.y, camera->target.z };
    json_object_set_array_member(object, "target", numbers(target, 3));
    json_object_set_array_member(object, "rotation", numbers(camera->rotation, 4));
    json_object_set_double_member(object, "height", camera->height);
    json_object_set_boolean_member(object, "perspective", camera->perspective);
    return object;
}

static JsonObject *
save_transfer(const LacTransfer *transfer)
{
    JsonObject *object = json_object_new();
    JsonArray *points = json_array_new();
    json_object_set_double_member(object, "lo", transfer->lo);
    json_object_set_double_member(object, "hi", transfer->hi);
    json_object_set_string_member(object, "colormap", lac_colormap_get_name(transfer->colormap));
    json_object_set_boolean_member(object, "reversed", transfer->reversed);
    for (guint i = 0; i < transfer->n_points; i++) {
        const double point[] = { transfer->points[i].x, transfer->points[i].opacity };
        json_array_add_array_element(points, numbers(point, 2));
    }
    json_object_set_array_member(object, "points", points);
    return object;
}

/**
 * lac_view_state_save:
 * @viewport: the 3D view
 * @slices: the slices
 * @views: what the project keeps; gets a member of this view
 */
void
lac_view_state_save(LacViewport *viewport, LacOrthoView *slices, JsonObject *views)
{
    const LacScene *scene = lac_viewport_get_scene(viewport);
    JsonObject *object = json_object_new();
    LacCamera camera;
    lac_viewport_get_camera(viewport, &camera);
    json_object_set_object_member(object, "camera", save_camera(&camera));
    json_object_set_object_member(object, "transfer", save_transfer(&scene->transfer));
    json_object_set_string_member(object, "mode", lac_render_mode_get_name(scene->mode));
    json_object_set_boolean_member(object, "lighting", scene->lighting);
    if (scene->n_iso > 0)
        json_object_set_double_member(object, "level", scene->iso[0].level);
    json_object_set_string_member(object, "slice_colormap",
        lac_colormap_get_name(lac_ortho_view_get_colormap(slices)));
    json_object_set_object_member(views, MEMBER, object);
}

// --- reading: a file may be edited or come from elsewhere, so nothing in it is trusted

static gboolean
get_numbers(JsonObject *object, const char *name, double *values, guint n)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node) ||
        json_array_get_length(json_node_get_array(node)) != n)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        JsonNode *element = json_array_get_element(json_node_get_array(node), i);
        if (!JSON_NODE_HOLDS_VALUE(element))
            return FALSE;
        values[i] = json_node_get_double(element);
        if (!isfinite(values[i]))
            return FALSE;
    }
    return TRUE;
}

static JsonObject *
get_object(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static double
get_number(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : (double) NAN;
}

static const char *
get_string(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static gboolean
get_flag(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_boolean(node);
}

static void
load_camera(LacViewport *viewport, JsonObject *object)
{
    LacCamera camera = lac_camera_default();
    double target[3], norm = 0.0;
    if (object == NULL || !get_numbers(object, "target", target, 3) ||
        !get_numbers(object, "rotation", camera.rotation, 4))
        return;
    for (guint i = 0; i < 4; i++)
        norm += camera.rotation[i] * camera.rotation[i];
    camera.height = get_number(object, "height");
    if (!(camera.height > 0.0) || fabs(norm - 1.0) > 1e-3)
        return;
    camera.target = (LacVec3){ target[0], target[1], target[2] };
    camera.perspective = get_flag(object, "perspective");
    lac_viewport_set_camera(viewport, &camera);
}

static gboolean
load_points(LacTransfer *transfer, JsonObject *object)
{
    JsonNode *node = json_object_get_member(object, "points");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return FALSE;
    JsonArray *points = json_node_get_array(node);
    guint n = json_array_get_length(points);
    if (n < 1 || n > LAC_TRANSFER_MAX_POINTS)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        JsonNode *element = json_array_get_element(points, i);
        if (!JSON_NODE_HOLDS_ARRAY(element) ||
            json_array_get_length(json_node_get_array(element)) != 2)
            return FALSE;
        JsonArray *pair = json_node_get_array(element);
        transfer->points[i].x = json_array_get_double_element(pair, 0);
        transfer->points[i].opacity = json_array_get_double_element(pair, 1);
        if (!isfinite(transfer->points[i].x) || !(transfer->points[i].opacity >= 0.0) ||
            transfer->points[i].opacity > 1.0 ||
            (i > 0 && transfer->points[i].x < transfer->points[i - 1].x))
            return FALSE;
    }
    transfer->n_points = n;
    return TRUE;
}

static void
load_transfer(LacViewport *viewport, JsonObject *object)
{
    if (object == NULL)
        return;
    double lo = get_number(object, "lo"), hi = get_number(object, "hi");
    const char *name = get_string(object, "colormap");
    if (!isfinite(lo) || !isfinite(hi) || !(hi > lo) || name == NULL)
        return;
    LacTransfer transfer = lac_transfer_default(lo, hi);
    transfer.reversed = get_flag(object, "reversed");
    if (lac_colormap_from_name(name, &transfer.colormap, NULL) && load_points(&transfer, object))
        lac_viewport_set_transfer(viewport, &transfer);
}

/**
 * lac_view_state_load:
 * @viewport: the 3D view
 * @slices: the slices
 * @views: what a project kept; what is missing or wrong there is left as it is in the view
 */
void
lac_view_state_load(LacViewport *viewport, LacOrthoView *slices, JsonObject *views)
{
    JsonObject *object = get_object(views, MEMBER);
    LacRenderMode mode;
    if (object == NULL)
        return;
    const char *name = get_string(object, "mode");
    if (name != NULL && lac_render_mode_from_name(name, &mode, NULL))
        lac_viewport_set_mode(viewport, mode);
    lac_viewport_set_lighting(viewport, get_flag(object, "lighting"));
    LacColormap colormap;
    const char *colours = get_string(object, "slice_colormap");
    if (colours != NULL && lac_colormap_from_name(colours, &colormap, NULL))
        lac_ortho_view_set_colormap(slices, colormap);
    double level = get_number(object, "level");
    if (isfinite(level))
        lac_viewport_set_iso_level(viewport, level);
    load_transfer(viewport, get_object(object, "transfer"));
    load_camera(viewport, get_object(object, "camera"));
}
