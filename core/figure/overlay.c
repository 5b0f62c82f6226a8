// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/figure/overlay.h"

#include "core/figure/ticks.h"

#include <math.h>

// In text sizes.
#define MARGIN        1.1
#define BAR_THICKNESS 0.32
#define BAR_GAP       0.45 // to its text
#define BAR_SHARE     0.25 // of the picture's width, at most
#define TRIPOD_LENGTH 3.2
#define TRIPOD_LINE   0.16
#define ARROW         0.6
#define RAMP_WIDTH    1.1
#define RAMP_SHARE    0.42 // of the picture's height
#define RAMP_TICKS    4
#define LEGEND_DISC   0.42
#define LEGEND_LINE   1.5
#define PANEL_SIZE    1.5
#define LABEL_HALO    0.14
#define ASCENT        0.73 // of capitals and figures

typedef struct {
    const LacOverlayParams *params;
    const LacOverlayPicture *picture;
    LacDrawing *drawing;
    double size, margin; // [pt]
    float ink[3], paper[3];
} Layout;

/**
 * lac_overlay_params_default:
 *
 * Returns: a scale bar and nothing else, in 7 pt
 */
LacOverlayParams
lac_overlay_params_default(void)
{
    return (LacOverlayParams){ .scale_bar = TRUE,
        .scale_bar_length = (double) NAN,
        .scale_bar_corner = LAC_CORNER_BOTTOM_RIGHT,
        .tripod_corner = LAC_CORNER_BOTTOM_LEFT,
        .font = LAC_DRAWING_FONT,
        .text_size = 7.0 };
}

static gboolean
is_right(LacCorner corner)
{
    return corner == LAC_CORNER_BOTTOM_RIGHT || corner == LAC_CORNER_TOP_RIGHT;
}

static gboolean
is_top(LacCorner corner)
{
    return corner == LAC_CORNER_TOP_LEFT || corner == LAC_CORNER_TOP_RIGHT;
}

static void
add_text(const Layout *self, double x, double y, LacTextAnchor anchor, double size,
    gboolean is_bold, const char *text)
{
    LacDrawingShape shape = { .kind = LAC_DRAWING_TEXT,
        .x = x,
        .y = y,
        .x2 = size,
        .anchor = anchor,
        .is_bold = is_bold,
        .text = (char *) (guintptr) text };
    for (int c = 0; c < 3; c++)
        shape.color[c] = self->ink[c];
    lac_drawing_add(self->drawing, &shape);
}

static void
add_shape(const Layout *self, LacDrawingShape shape, const float color[3])
{
    for (int c = 0; c < 3; c++)
        shape.color[c] = color[c];
    lac_drawing_add(self->drawing, &shape);
}

// --- scale bar

/**
 * lac_overlay_get_scale_bar_length:
 * @params: what is wanted
 * @picture: what the picture shows
 *
 * Returns: [Å] the length of the scale bar: as wanted, or 1, 2 or 5 times a power of ten
 */
double
lac_overlay_get_scale_bar_length(const LacOverlayParams *params, const LacOverlayPicture *picture)
{
    if (isfinite(params->scale_bar_length))
        return params->scale_bar_length;
    return lac_nice_floor(BAR_SHARE * picture->width / picture->pt_per_angstrom);
}

static void
lay_scale_bar(const Layout *self)
{
    const LacOverlayPicture *p = self->picture;
    double length = lac_overlay_get_scale_bar_length(self->params, p);
    double width = length * p->pt_per_angstrom, thickness = BAR_THICKNESS * self->size;
    if (!(width > 0.0))
        return;
    const LacCorner corner = self->params->scale_bar_corner;
    g_autofree char *text = p->is_calibrated ? g_strdup_printf("%.4g nm", 0.1 * length)
                                             : g_strdup_printf("%.4g voxels", length);
    g_autofree char *label =
        p->is_perspective ? g_strdup_printf("%s at the centre", text) : g_strdup(text);
    // What is wider than the bar still stays inside the picture.
    double reach = 0.5 * fmax(width, lac_drawing_measure(self->drawing, label, self->size, FALSE));
    double middle = is_right(corner) ? p->width - self->margin - reach : self->margin + reach;
    double bottom = is_top(corner) ? self->margin + (ASCENT + BAR_GAP) * self->size + thickness
                                   : p->height - self->margin;
    add_shape(self,
        (LacDrawingShape){ .kind = LAC_DRAWING_RECT,
            .x = middle - 0.5 * width,
            .y = bottom - thickness,
            .x2 = middle + 0.5 * width,
            .y2 = bottom },
        self->ink);
    add_text(self, middle, bottom - thickness - BAR_GAP * self->size, LAC_TEXT_MIDDLE, self->size,
        FALSE, label);
}

// --- axes

static void
lay_axis(const Layout *self, int axis, double x, double y)
{
    static const char *const names[][3] = { { "x", "y", "z" }, { "a", "b", "c" } };
    static const float colors[3][3] = { { 0.84f, 0.15f, 0.16f }, { 0.13f, 0.59f, 0.20f },
        { 0.16f, 0.40f, 0.85f } };
    const double *to = self->picture->axes[axis], size = self->size;
    const double length = TRIPOD_LENGTH * size, along = sqrt(to[0] * to[0] + to[1] * to[1]);
    double end_x = x + length * to[0], end_y = y - length * to[1];
    if (along > 0.05) {
        // The head is as long as it looks from here.
        double ux = to[0] / along, uy = -to[1] / along,
               head = ARROW * size * fmin(1.0, 2.0 * along);
        double base_x = end_x - head * ux, base_y = end_y - head * uy;
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_LINE,
                .x = x,
                .y = y,
                .x2 = base_x,
                .y2 = base_y,
                .width = TRIPOD_LINE * size },
            colors[axis]);
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_TRIANGLE,
                .x = end_x,
                .y = end_y,
                .x2 = base_x - 0.4 * head * uy,
                .y2 = base_y + 0.4 * head * ux,
                .x3 = base_x + 0.4 * head * uy,
                .y3 = base_y - 0.4 * head * ux },
            colors[axis]);
        end_x += 0.6 * size * ux;
        end_y += 0.6 * size * uy;
    }
    else { // straight towards the viewer or away
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_DISC, .x = x, .y = y, .x2 = 0.22 * size },
            colors[axis]);
        end_x = x - 0.6 * size;
        end_y = y + 0.6 * size;
    }
    add_text(self, end_x, end_y + 0.26 * size, LAC_TEXT_MIDDLE, size, FALSE,
        names[self->params->crystal ? 1 : 0][axis]);
}

static void
lay_tripod(const Layout *self)
{
    const LacOverlayPicture *p = self->picture;
    const LacCorner corner = self->params->tripod_corner;
    const double length = TRIPOD_LENGTH * self->size;
    // Room for what points left and down too.
    double lo[2] = { 0.0, 0.0 }, hi[2] = { 0.0, 0.0 };
    for (int axis = 0; axis < 3; axis++)
        for (int c = 0; c < 2; c++) {
            lo[c] = fmin(lo[c], length * p->axes[axis][c]);
            hi[c] = fmax(hi[c], length * p->axes[axis][c]);
        }
    double edge = self->margin + self->size;
    double x = is_right(corner) ? p->width - edge - hi[0] : edge - lo[0];
    double y = is_top(corner) ? edge + hi[1] : p->height - edge + lo[1];
    int order[3] = { 0, 1, 2 };
    for (int i = 0; i < 3; i++)
        for (int j = i + 1; j < 3; j++)
            if (p->axes[order[j]][2] < p->axes[order[i]][2]) {
                int other = order[i];
                order[i] = order[j];
                order[j] = other;
            }
    for (int i = 0; i < 3; i++)
        lay_axis(self, order[i], x, y);
    if (p->zone == NULL)
        return;
    double side = is_right(corner) ? p->width - self->margin : self->margin;
    double line = is_top(corner) ? y - lo[1] + 2.6 * self->size : y - hi[1] - 1.6 * self->size;
    add_text(self, side, line, is_right(corner) ? LAC_TEXT_END : LAC_TEXT_START, self->size, FALSE,
        p->zone);
}

// --- colour bar, names, panel letter, labels

static void
lay_color_bar(const Layout *self)
{
    const LacOverlayPicture *p = self->picture;
    const double size = self->size, height = RAMP_SHARE * p->height;
    const double top = 0.5 * (p->height - height), line = 0.06 * size;
    LacTicks ticks = lac_ticks_linear(p->lo, p->hi, RAMP_TICKS);
    double room = 0.0;
    for (guint i = 0; i < ticks.n; i++) {
        g_autofree char *label = lac_ticks_dup_label(&ticks, i);
        room = fmax(room, lac_drawing_measure(self->drawing, label, size, FALSE));
    }
    double right = p->width - self->margin - room - 0.7 * size, left = right - RAMP_WIDTH * size;
    add_shape(self,
        (LacDrawingShape){ .kind = LAC_DRAWING_RECT,
            .x = left - line,
            .y = top - line,
            .x2 = right + line,
            .y2 = top + height + line },
        self->ink);
    lac_drawing_add(self->drawing,
        &(LacDrawingShape){ .kind = LAC_DRAWING_RAMP,
            .x = left,
            .y = top,
            .x2 = right,
            .y2 = top + height,
            .colormap = p->colormap,
            .is_reversed = p->is_reversed });
    for (guint i = 0; i < ticks.n; i++) {
        double y = top + height * (p->hi - ticks.values[i]) / (p->hi - p->lo);
        g_autofree char *label = lac_ticks_dup_label(&ticks, i);
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_LINE,
                .x = right,
                .y = y,
                .x2 = right + 0.35 * size,
                .y2 = y,
                .width = 2.0 * line },
            self->ink);
        add_text(self, right + 0.7 * size, y + 0.5 * ASCENT * size, LAC_TEXT_START, size, FALSE,
            label);
    }
    const char *title = self->params->color_bar_title;
    if (title[0] == '\0')
        title = p->colors_title;
    if (title != NULL)
        add_text(self, p->width - self->margin, top - 0.8 * size, LAC_TEXT_END, size, FALSE, title);
}

static void
lay_legend(const Layout *self)
{
    const LacOverlayPicture *p = self->picture;
    const double size = self->size, radius = LEGEND_DISC * size;
    double room = 0.0;
    for (gsize i = 0; i < p->n_names; i++)
        room = fmax(room, lac_drawing_measure(self->drawing, p->names[i].name, size, FALSE));
    double left = p->width - self->margin - room;
    for (gsize i = 0; i < p->n_names; i++) {
        double y = self->margin + (0.5 + LEGEND_LINE * (double) i) * size;
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_DISC,
                .x = left - 0.9 * size,
                .y = y,
                .x2 = radius + 0.05 * size },
            self->ink);
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_DISC,
                .x = left - 0.9 * size,
                .y = y,
                .x2 = radius },
            p->names[i].color);
        add_text(self, left, y + 0.5 * ASCENT * size, LAC_TEXT_START, size, FALSE,
            p->names[i].name);
    }
}

static void
lay_label(const Layout *self, const LacOverlayLabel *label)
{
    const double size = self->size, far = sqrt(label->dx * label->dx + label->dy * label->dy);
    double x = label->x + label->dx, y = label->y + label->dy;
    if (far > size) {
        double ux = label->dx / far, uy = label->dy / far, head = ARROW * size;
        double base_x = label->x + head * ux, base_y = label->y + head * uy;
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_LINE,
                .x = x,
                .y = y,
                .x2 = base_x,
                .y2 = base_y,
                .width = 0.11 * size },
            self->ink);
        add_shape(self,
            (LacDrawingShape){ .kind = LAC_DRAWING_TRIANGLE,
                .x = label->x,
                .y = label->y,
                .x2 = base_x - 0.35 * head * uy,
                .y2 = base_y + 0.35 * head * ux,
                .x3 = base_x + 0.35 * head * uy,
                .y3 = base_y - 0.35 * head * ux },
            self->ink);
        // The text begins beside the arrow's end.
        x += 0.3 * size * (ux > 0.35) - 0.3 * size * (ux < -0.35);
        y += uy > 0.35 ? 0.9 * size : uy < -0.35 ? -0.25 * size : 0.5 * ASCENT * size;
    }
    LacDrawingShape text = { .kind = LAC_DRAWING_TEXT,
        .x = x,
        .y = far > size ? y : y + 0.5 * ASCENT * size,
        .x2 = size,
        .width = LABEL_HALO * size,
        .anchor = label->dx > 0.35 * far && far > size ? LAC_TEXT_START
            : label->dx < -0.35 * far && far > size    ? LAC_TEXT_END
                                                       : LAC_TEXT_MIDDLE,
        .text = (char *) (guintptr) label->text };
    for (int c = 0; c < 3; c++)
        text.halo[c] = self->paper[c];
    add_shape(self, text, self->ink);
}

static void
lay_panel(const Layout *self)
{
    LacDrawingShape text = { .kind = LAC_DRAWING_TEXT,
        .x = self->margin,
        .y = self->margin + ASCENT * PANEL_SIZE * self->size,
        .x2 = PANEL_SIZE * self->size,
        .width = LABEL_HALO * self->size,
        .is_bold = TRUE,
        .text = (char *) (guintptr) self->params->panel };
    for (int c = 0; c < 3; c++)
        text.halo[c] = self->paper[c];
    add_shape(self, text, self->ink);
}

/**
 * lac_overlay_draw:
 * @params: what is wanted
 * @picture: what the picture shows
 *
 * Returns: (transfer full): the shapes, in points
 */
LacDrawing *
lac_overlay_draw(const LacOverlayParams *params, const LacOverlayPicture *picture)
{
    Layout self = { .params = params,
        .picture = picture,
        .drawing = lac_drawing_new(picture->width, picture->height, params->font),
        .size = params->text_size,
        .margin = MARGIN * params->text_size };
    const float *bg = picture->background;
    float paper = 0.2126f * bg[0] + 0.7152f * bg[1] + 0.0722f * bg[2] > 0.45f ? 1.0f : 0.0f;
    for (int c = 0; c < 3; c++) {
        self.ink[c] = params->own_text_color ? params->text_color[c] : 1.0f - paper;
        self.paper[c] = paper;
    }
    for (gsize i = 0; i < picture->n_labels; i++)
        lay_label(&self, &picture->labels[i]);
    if (params->scale_bar && picture->pt_per_angstrom > 0.0)
        lay_scale_bar(&self);
    if (params->tripod)
        lay_tripod(&self);
    if (params->color_bar && picture->has_colors)
        lay_color_bar(&self);
    if (params->legend)
        lay_legend(&self);
    if (params->panel[0] != '\0')
        lay_panel(&self);
    return self.drawing;
}
