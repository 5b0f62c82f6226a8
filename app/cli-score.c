// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli-score.h"

#include "app/cli.h"

/**
 * lac_cli_add_score:
 * @json: an object being built; receives the member "score"
 * @score: what a comparison says
 */
void
lac_cli_add_score(JsonBuilder *json, const LacScore *score)
{
    json_builder_set_member_name(json, "score");
    json_builder_begin_object(json);
    lac_cli_add_count(json, "truth", score->n_truth);
    lac_cli_add_count(json, "found", score->n_found);
    lac_cli_add_count(json, "missed", score->n_missed);
    lac_cli_add_count(json, "extra", score->n_extra);
    lac_cli_add_count(json, "displaced", score->n_displaced);
    lac_cli_add_count(json, "misclassified", score->n_misclassified);
    lac_cli_add_number(json, "recall", score->recall);
    lac_cli_add_number(json, "precision", score->precision);
    lac_cli_add_number(json, "rms_pm", score->rms);
    json_builder_set_member_name(json, "phases");
    json_builder_begin_array(json);
    for (guint p = 0; p < score->n_phases; p++) {
        json_builder_begin_object(json);
        lac_cli_add_text(json, "phase", lac_truth_phase_get_title(score->phases[p].phase));
        lac_cli_add_count(json, "truth", score->phases[p].n_truth);
        lac_cli_add_count(json, "found", score->phases[p].n_found);
        lac_cli_add_number(json, "rms_pm", score->phases[p].rms);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_set_member_name(json, "missed_atoms");
    json_builder_begin_array(json);
    for (guint f = 0; f < score->facts->len; f++) {
        const LacScoreFact *fact = &g_array_index(score->facts, LacScoreFact, f);
        json_builder_begin_object(json);
        lac_cli_add_text(json, "what", fact->title);
        lac_cli_add_count(json, "missed", fact->n_missed);
        lac_cli_add_count(json, "all", fact->n_all);
        json_builder_set_member_name(json, "telling");
        json_builder_add_boolean_value(json, lac_score_fact_is_telling(score, fact));
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}
