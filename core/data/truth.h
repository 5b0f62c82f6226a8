// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that is known of a simulated particle and of how its images were taken.
#pragma once

#include "core/data/atoms.h"
#include "core/data/body.h"
#include "core/data/series.h"
#include "core/data/volume.h"

// Columns of the atoms.
#define LAC_COLUMN_PHASE "phase" // LacTruthPhase
#define LAC_COLUMN_GRAIN "grain" // index into grains; -1: none

typedef enum {
    LAC_TRUTH_OTHER, // particles without phases, and atoms of files
    LAC_TRUTH_METAL,
    LAC_TRUTH_SEMICOHERENT, // cubic ZrO2 joined semicoherently to the metal
    LAC_TRUTH_INCOHERENT,   // cubic ZrO2 of another orientation
    LAC_TRUTH_AMORPHOUS,    // amorphous ZrO2
    LAC_N_TRUTH_PHASES,
} LacTruthPhase;

typedef enum {
    LAC_LATTICE_NONE, // amorphous
    LAC_LATTICE_FCC,
    LAC_LATTICE_HCP,
    LAC_LATTICE_BCC,
    LAC_N_LATTICES,
} LacLatticeType;

// A crystal, or the amorphous rest.
typedef struct {
    LacTruthPhase phase;
    LacLatticeType lattice;
    double a, c;         // [Å] lattice constants; c of hcp only, else 0
    double density;      // [1/Å^3] atoms of the sites over their volume
    LacMat3 orientation; // columns: the axes of the crystal in the frame of the particle
    LacVec3 site;        // [Å] the place of one lattice site, occupied or not
    LacVec3 axis;        // of the cone from the particle's centre that holds the grain; 0: no cone
    double cone_deg;     // half the opening angle of the cone
} LacTruthGrain;

// A lattice site without its atom.
typedef struct {
    LacVec3 position; // [Å]
    LacTruthPhase phase;
    gint grain;    // index into grains
    guint cluster; // vacancies side by side share the number; from 0
} LacTruthVacancy;

// An ellipsoid without atoms: |(transpose(frame) (r - centre)) / axes| < 1.
typedef struct {
    LacVec3 centre;   // [Å]
    double axes[3];   // [Å] semi-axes
    LacMat3 frame;    // columns: the directions of the axes
    gboolean is_open; // to the outside
    guint n_missing;  // atoms that were taken out of it
    double volume;    // [Å^3] of the missing atoms: of the ellipsoid inside the particle
} LacTruthPore;

// Where the metal ends and how it is joined to the oxide.
typedef struct {
    LacBody core;       // the surface of the metal, before atoms were placed
    double bend_deg;    // between metal (-1-11) and oxide (002) of the semicoherent grain
    double kink_deg;    // the part of it that the last metal layers take
    double kink_width;  // [Å] thickness of those layers
    double twist_deg;   // of the semicoherent grain about the normal of the interface
    LacVec3 normals[2]; // of the semicoherent and the incoherent facet
} LacTruthInterface;

// Immutable once published; any thread may hold a reference.
typedef struct {
    gatomicrefcount ref_count;
    LacAtoms *atoms;   // those to be found, with columns phase and grain where they are known
    LacAtoms *faint;   // (nullable) in the images, but too light to be found: no part of any score
    GArray *grains;    // of LacTruthGrain
    GArray *vacancies; // of LacTruthVacancy
    GArray *pores;     // of LacTruthPore
    gboolean has_interface;
    LacTruthInterface interface;
    LacBody surface;     // of the particle without its roughness; radius 0: unknown
    gsize n_projections; // 0: nothing is known of the images
    LacAngles *angles;   // [deg] n_projections, as they really were
    LacShift *shifts;    // [pixel] n_projections
    LacVolume *volume;   // (nullable) what a perfect reconstruction would give
} LacTruth;

LacTruth *lac_truth_new(LacAtoms *atoms);
LacTruth *lac_truth_copy(const LacTruth *self);
LacTruth *lac_truth_ref(LacTruth *self);
void lac_truth_unref(LacTruth *self);
void lac_truth_set_images(LacTruth *self, const LacAngles *angles, const LacShift *shifts, gsize n);
double lac_truth_get_radius(const LacTruth *truth);
gboolean lac_truth_get_interface_distance(const LacTruth *self, LacVec3 position, double *distance);
gboolean lac_truth_pore_contains(const LacTruthPore *pore, LacVec3 position);
const char *lac_truth_phase_get_title(LacTruthPhase phase);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacTruth, lac_truth_unref)
