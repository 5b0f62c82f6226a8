// SPDX-License-Identifier: GPL-3.0-or-later
// One volume pass. Mirrored by Frame in ui/render/volume-pass.c (std140).
// Texel space: the volume spans 0 to dims; a texel is one unit; axes as in the world.
// Picture pixels count from the lower left of the whole picture, however it is cut into tiles.
layout(std140) uniform Frame {
    vec4 ray_origin; // xyz: start of the ray of pixel (0, 0), texel space
    vec4 ray_origin_dx;
    vec4 ray_origin_dy;
    vec4 ray_direction; // xyz: its direction, not normalised
    vec4 ray_direction_dx;
    vec4 ray_direction_dy;
    vec4 tile;       // xy: offset of the target [its pixels]; zw: picture pixels per pixel of the target
    vec4 dims;       // xyz: size [texel]
    vec4 blocks;     // xyz: size of the coarse grid; w: texel value up to which nothing is seen
    vec4 box_min;    // xyz: kept part, texel space
    vec4 box_max;    // xyz; w: smallest distance along the ray
    vec4 clip;       // keeps dot(xyz, p) <= w, texel space
    vec4 march;      // x: step [texel]; y: jitter, 0 or 1; z: opacity that ends a ray; w: makes a
                     // change of texel value per texel one of table position per voxel
    vec4 transfer;   // texel value v is at v * x + y of the table; z: size of the table
    vec4 slices;     // xyz: planes through the crosshair, texel space; below 0: none
    vec4 key_light;  // xyz: unit vector towards the light, texel space; w: where along a ray the
                     // nearest of the content is [texel]
    vec4 fill_light; // xyz; w: 1 / depth of the content [1 / texel]
    vec4 iso_level;  // texel values, ascending
    vec4 iso_color[4]; // sRGB, not premultiplied
    vec4 forward;      // xyz: unit vector of the view, texel space
    vec4 stop;         // x: where depth 0 of the atoms is along it [texel]; y: depth 1, from there;
                       // zw: samples of the depth per pixel of the target
    vec4 layers;       // x: number of layers of surfaces; yz: where depths 0 and 1 are, as of stop
    vec4 layer_scale;  // xy: samples of a layer per pixel of the target
};
