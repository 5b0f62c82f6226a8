// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms, bonds and polyhedra made ready to be drawn.
#pragma once

#include "core/data/bonds.h"
#include "ui/render/atom-look.h"
#include "ui/render/camera.h"

#define LAC_ATOM_MAX_ID ((1u << 28) - 1) // what fits beside the marks in a pixel of the id picture

#define LAC_BOND_SHELL \
    1.3 // times the distance of the nearest: bonds drawn and corners of polyhedra
#define LAC_RING_INNER 0.84 // inner radius of a ring, of its radius

// Marks of an atom.
typedef enum {
    LAC_MARK_SELECTED = 1 << 0,
    LAC_MARK_CURRENT = 1 << 1,
    LAC_MARK_HIDDEN = 1 << 2,
    LAC_MARK_DIM = 1 << 3,  // fades into the background
    LAC_MARK_RING = 1 << 4, // drawn as a ring: a peak that is no atom, or a candidate
    LAC_MARK_WIRE = 1 << 5, // of a ring: drawn as a sphere of three circles instead
} LacAtomMark;

#define LAC_MARK_TAG_SHIFT 8 // above it stands the tag of a marker, of 24 bits

// One instance of shaders/atom.vert.
typedef struct {
    float position[3], radius; // [Å]
    guint8 color[4];           // sRGB
    gint8 visibility[4];       // x, y, z, w: open to the light is w + dot(xyz, normal), of 127
    guint32 id;                // index + 1
    guint32 marks;
} LacSphere;

// One instance of shaders/bond.vert. Each half has the colour of its atom.
typedef struct {
    float a[3], radius; // [Å]
    float b[3];
    guint32 ids[3]; // of both atoms, and marks
    guint8 color_a[4], color_b[4];
    gint8 visibility_a[4], visibility_b[4];
} LacStick;

// One instance of shaders/face.vert: a triangle of a polyhedron.
typedef struct {
    float corners[3][3]; // [Å]
    guint8 color[4];     // sRGB, opacity
    guint8 edges[4];     // 255 where the side opposite to a corner is an edge
} LacFace;

// A thing beside the atoms: a candidate, an atom of another model, an empty site.
typedef struct {
    LacVec3 position; // [Å]
    double radius;    // [Å]
    float color[4];   // sRGB
    gboolean is_ring; // else a sphere
    gboolean is_wire; // of a ring: three circles about a sphere instead
    guint32 tag;      // what a pick tells, below 2^24; 0: not found by a pick
    gboolean is_selected;
} LacMarker;

// Immutable, reference counted.
typedef struct {
    gatomicrefcount ref_count;
    LacSphere *spheres;  // atoms and markers, then markers as rings, then peaks that are no atoms
    gsize n_solid;       // of the first part
    gsize n_markers_end; // without the last part
    gsize n_spheres;
    LacStick *sticks;
    gsize n_sticks;
    LacFace *faces;
    gsize n_faces;
    gboolean has_marked; // any atom is selected or current
    LacBox box;          // [Å] of the spheres; empty (min > max) without any
} LacAtomSet;

// What a set is made from; arrays are per atom and borrowed.
typedef struct {
    const LacAtoms *atoms;
    const LacAtomLook *look;
    const guint8 *match;         // (nullable) LacMatchKind
    const LacAtomValues *values; // (nullable)
    const guint8 *marks;         // (nullable) LacAtomMark; of n_marks atoms
    gsize n_marks;
    const gint8 *visibility; // (nullable) four numbers as in LacSphere; of n_visibility atoms
    gsize n_visibility;
    const LacBonds *bonds;    // (nullable)
    const GArray *hulls;      // (nullable) (element-type LacHullFace)
    const LacMarker *markers; // (nullable)
    gsize n_markers;
} LacAtomSource;

LacAtomSet *lac_atom_set_new(const LacAtomSource *source);
LacAtomSet *lac_atom_set_ref(LacAtomSet *self);
void lac_atom_set_unref(LacAtomSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LacAtomSet, lac_atom_set_unref)
