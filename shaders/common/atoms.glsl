// SPDX-License-Identifier: GPL-3.0-or-later
// One atom pass. Mirrored by LacAtomFrame in ui/render/atom-frame.h (std140).
// Eye space: origin at the target of the camera, x to the right, y up, z to the viewer [Å].
// Samples count from the lower left of the whole picture, however it is cut into tiles.
layout(std140) uniform Atoms {
    mat4 view;       // world [Å] to eye space
    vec4 picture;    // xy: half the size of the picture [sample]; z: Å per sample at the target;
                     // w: distance of the eye [Å], 0 when orthographic
    vec4 tile;       // xy: offset of the tile [sample]; zw: 2 / its size
    vec4 depth;      // x: eye z of depth 0; y: depth per Å; z: open, 0 or 1: visibility is used
    vec4 clip;       // keeps dot(xyz, p) <= w, eye space
    vec4 background; // rgb: sRGB; w: how much of it the farthest things take on
    vec4 cue;        // x: eye z of the nearest thing; y: 1 / depth of all things
};

// Position in clip space of a point of eye space, in the tile. Its depth is that of eye z, for the
// variant FLAT; the others write the depth of each sample.
vec4 place(vec3 p, float z)
{
    float scale = picture.w > 0.0 ? picture.w / max(picture.w - p.z, 1e-3 * picture.w) : 1.0;
    vec2 at = p.xy * (scale / picture.z) + picture.xy;
    float d = clamp((depth.x - z) * depth.y, 0.0, 1.0);
    return vec4((at - tile.xy) * tile.zw - 1.0, 2.0 * d - 1.0, 1.0);
}

// Unit vector from a point towards the viewer.
vec3 towards_viewer(vec3 p)
{
    return picture.w > 0.0 ? normalize(vec3(0.0, 0.0, picture.w) - p) : vec3(0.0, 0.0, 1.0);
}
