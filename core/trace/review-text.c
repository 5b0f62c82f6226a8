// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/review-private.h"

#include <math.h>

#define NOTEWORTHY 0.02 // a score below says that an atom is like the others

/**
 * lac_review_reason_get_name:
 * @reason: one reason
 *
 * Returns: (transfer none): what a filter or chip calls it, such as "few neighbours"
 */
const char *
lac_review_reason_get_name(LacReviewReason reason)
{
    static const char *const names[LAC_N_REVIEW_REASONS] = { "few neighbours", "remote",
        "too close", "crowded", "weak", "weak locally", "bad fit", "narrow", "elongated", "species",
        "unlikely", "outside", "negative residual", "marked unsure", "rejected peak",
        "residual peak" };
    for (guint k = 0; k < LAC_N_REVIEW_REASONS; k++)
        if (reason == 1u << k)
            return names[k];
    return "";
}

typedef struct {
    LacReviewReason reason;
    double strength; // orders the reasons of one item
    char text[72];
} Reason;

typedef struct {
    Reason list[LAC_N_REVIEW_REASONS];
    guint n;
} Reasons;

static void add(Reasons *reasons, LacReviewReason reason, double strength, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void
add(Reasons *reasons, LacReviewReason reason, double strength, const char *format, ...)
{
    Reason *next = &reasons->list[reasons->n++];
    va_list args;
    va_start(args, format);
    g_vsnprintf(next->text, sizeof next->text, format, args);
    va_end(args);
    next->reason = reason;
    next->strength = strength;
}

// As in tables atoms are counted from 1. Digits in groups of three with a narrow space between: "5 312".
static void
format_number(gsize number, char *text, gsize size)
{
    char digits[32];
    gsize n = (gsize) g_snprintf(digits, sizeof digits, "%" G_GSIZE_FORMAT, number), k = 0;
    for (gsize i = 0; i < n && k + 5 < size; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            text[k++] = '\xe2';
            text[k++] = '\x80';
            text[k++] = '\xaf';
        }
        text[k++] = digits[i];
    }
    text[k] = '\0';
}

static void
add_distances(const LacReview *self, gsize i, const double *f, Reasons *reasons)
{
    const LacReviewLocal *local = &self->local[i];
    if (local->n_close == 0 && !(f[LAC_REVIEW_CONTACT] > 0.0))
        return;
    char number[48];
    format_number(local->nearest_index + 1, number, sizeof number);
    if (isfinite(local->nearest))
        add(reasons, LAC_REASON_TOO_CLOSE, f[LAC_REVIEW_CROWD] + 10.0 * f[LAC_REVIEW_CONTACT],
            "%.1f Å from atom %s", local->nearest, number);
    if (local->n_close > 1)
        add(reasons, LAC_REASON_CROWDED, f[LAC_REVIEW_CROWD] - 0.1,
            "%u neighbours nearer than %.1f Å", local->n_close, 0.8 * self->bond);
}

static void
add_surroundings(const LacReview *self, gsize i, const double *f, Reasons *reasons)
{
    const LacReviewLocal *local = &self->local[i];
    if (f[LAC_REVIEW_BONDS] > 0.69)
        add(reasons, LAC_REASON_FEW_NEIGHBOURS, 3.0 * f[LAC_REVIEW_BONDS],
            "%u neighbour%s, %.0f are usual", local->n_bonds, local->n_bonds == 1 ? "" : "s",
            self->stats.n_bonds[lac_review_get_class(self, i)].median);
    if (f[LAC_REVIEW_EMPTY] > 1.1)
        add(reasons, LAC_REASON_REMOTE, 3.0 * f[LAC_REVIEW_EMPTY],
            "remote: %u atom%s within %.0f Å, %.0f are usual", local->n_shell,
            local->n_shell == 1 ? "" : "s", LAC_REVIEW_SHELL * self->bond,
            self->stats.n_shell.median);
    if (local->outside >= 1.0)
        add(reasons, LAC_REASON_OUTSIDE, 3.0 + local->outside, "%.1f Å outside the mask",
            local->outside);
    else if (local->outside > 0.0)
        add(reasons, LAC_REASON_OUTSIDE, 3.0, "outside the mask");
}

// "weak peak: 31 % of its class", by the integrated intensity or, without it, the height.
static void
add_brightness(const LacReview *self, gsize i, const double *f, Reasons *reasons)
{
    const LacReviewStats *stats = &self->stats;
    guint class = lac_review_get_class(self, i);
    gboolean integrated = self->columns.intensity != NULL;
    const double *column = integrated ? self->columns.intensity : self->columns.height;
    LacReviewRobust usual = integrated ? stats->intensity[class] : stats->height[class];
    if (column != NULL && isfinite(column[i]) && isfinite(usual.median)) {
        double z = (usual.median - log(fmax(column[i], 1e-3 * exp(usual.median)))) / usual.spread;
        double share = column[i] / exp(usual.median);
        if (z > 2.0 && share < 0.8)
            add(reasons, LAC_REASON_WEAK, z, "weak peak: %.0f %% of its class",
                100.0 * fmax(share, 0.0));
    }
    if (f[LAC_REVIEW_LOCAL] > 2.0 && self->local[i].ratio < -0.2)
        add(reasons, LAC_REASON_WEAK_LOCALLY, f[LAC_REVIEW_LOCAL], "%.0f %% of its like around it",
            100.0 * exp(self->local[i].ratio));
}

static void
add_shape(const LacReview *self, gsize i, const double *f, Reasons *reasons)
{
    const LacReviewColumns *c = &self->columns;
    double misfit = c->fit != NULL ? c->fit[i] / exp(self->stats.fit.median) : 0.0;
    if (f[LAC_REVIEW_FIT] > 2.0 && misfit > 1.5)
        add(reasons, LAC_REASON_BAD_FIT, f[LAC_REVIEW_FIT], "poor fit: %.1f times the usual misfit",
            misfit);
    if (f[LAC_REVIEW_WIDTH] > 2.5)
        add(reasons, LAC_REASON_NARROW, f[LAC_REVIEW_WIDTH], "narrow: %.2f Å, %.2f Å is usual",
            c->width[i], exp(self->stats.width.median));
    if (f[LAC_REVIEW_ELONGATION] > 3.0)
        add(reasons, LAC_REASON_ELONGATED, f[LAC_REVIEW_ELONGATION] - 1.0, "elongated: two atoms?");
    if (f[LAC_REVIEW_MARGIN] > 0.5)
        add(reasons, LAC_REASON_SPECIES, f[LAC_REVIEW_MARGIN], "between two species");
    if (f[LAC_REVIEW_P_ATOM] > 4.0)
        add(reasons, LAC_REASON_UNLIKELY, 0.5 * f[LAC_REVIEW_P_ATOM],
            "%.0f %% likely to be an atom by its intensity", 100.0 * c->p_atom[i]);
    if (f[LAC_REVIEW_LACK] > 0.3)
        add(reasons, LAC_REASON_RESIDUAL, 4.0 * f[LAC_REVIEW_LACK],
            "measured %.0f %% less than the model", 100.0 * f[LAC_REVIEW_LACK]);
}

// What a rejected peak or a peak of the residual has to say for itself.
static void
add_candidate(const LacReview *self, gsize i, Reasons *reasons)
{
    const LacAtoms *a = self->atoms;
    const LacReviewLocal *local = &self->local[i];
    if (i >= a->n) {
        add(reasons, LAC_REASON_RESIDUAL_PEAK, 20.0,
            "peak in the residual, %.0f %% of a light atom, %.1f Å from the nearest of %u "
            "neighbours",
            100.0 * self->peaks[i - a->n].height, local->nearest, local->n_bonds);
        return;
    }
    if (a->state[i] == LAC_ATOM_NON_ATOM)
        add(reasons, LAC_REASON_REJECTED, 20.0, "classified as no atom");
    else
        add(reasons, LAC_REASON_REJECTED, 20.0, "rejected by the tracer: %s",
            lac_peak_flag_get_name(a->flag[i]));
    guint light = self->stats.light_intensity;
    if (self->columns.intensity != NULL && light < LAC_REVIEW_CLASSES &&
        isfinite(self->columns.intensity[i]))
        add(reasons, LAC_REASON_REJECTED, 15.0, "%.0f %% of a light atom",
            100.0 * self->columns.intensity[i] / exp(self->stats.intensity[light].median));
    if (isfinite(local->nearest)) {
        char number[48];
        format_number(local->nearest_index + 1, number, sizeof number);
        add(reasons, LAC_REASON_REJECTED, 10.0, "%.1f Å from atom %s, %u neighbour%s",
            local->nearest, number, local->n_bonds, local->n_bonds == 1 ? "" : "s");
    }
}

static void
sort_reasons(Reasons *reasons)
{
    for (guint i = 1; i < reasons->n; i++) {
        Reason next = reasons->list[i];
        guint k = i;
        for (; k > 0 && reasons->list[k - 1].strength < next.strength; k--)
            reasons->list[k] = reasons->list[k - 1];
        reasons->list[k] = next;
    }
}

/**
 * lac_review_explain:
 * @self: a review
 * @i: an atom, or after them a peak of the residual
 * @text: receives the reasons in words, strongest first
 *
 * Returns: the reasons
 */
guint
lac_review_explain(const LacReview *self, gsize i, GString *text)
{
    Reasons reasons = { .n = 0 };
    double f[LAC_N_REVIEW_FEATURES];
    lac_review_get_features(self, i, f);
    if (i >= self->atoms->n || self->absent[i]) {
        add_candidate(self, i, &reasons);
    }
    else {
        if (self->atoms->state[i] == LAC_ATOM_UNSURE)
            add(&reasons, LAC_REASON_UNSURE, 30.0, "marked as unsure");
        add_distances(self, i, f, &reasons);
        add_surroundings(self, i, f, &reasons);
        add_brightness(self, i, f, &reasons);
        add_shape(self, i, f, &reasons);
    }
    sort_reasons(&reasons);
    guint bits = 0;
    for (guint k = 0; k < reasons.n; k++) {
        bits |= reasons.list[k].reason;
        g_string_append_printf(text, "%s%s", k > 0 ? "; " : "", reasons.list[k].text);
    }
    if (reasons.n == 0)
        g_string_append(text,
            self->score[i] >= NOTEWORTHY ? "slightly unusual in several ways" : "nothing unusual");
    return bits;
}
