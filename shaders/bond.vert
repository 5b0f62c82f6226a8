// SPDX-License-Identifier: GPL-3.0-or-later
// A quad that covers a bond. After: common/atoms.
// In: one LacStick per instance; the vertex number, 0 to 3. Out: flat, eye space.
layout(location = 0) in vec4 a_begin; // xyz: first end, w: radius [Å], world
layout(location = 1) in vec3 a_end;
layout(location = 2) in vec4 a_color_begin; // sRGB
layout(location = 3) in vec4 a_color_end;
layout(location = 4) in vec4 a_visibility_begin;
layout(location = 5) in vec4 a_visibility_end;
layout(location = 6) in uvec3 a_id; // ids of both atoms, marks
flat out vec4 v_begin;
flat out vec3 v_end;
flat out vec3 v_color_begin; // linear
flat out vec3 v_color_end;
flat out vec4 v_visibility_begin;
flat out vec4 v_visibility_end;
flat out uvec3 v_id;

void main()
{
    vec3 a = (view * vec4(a_begin.xyz, 1.0)).xyz;
    vec3 b = (view * vec4(a_end, 1.0)).xyz;
    float r = a_begin.w;
    v_begin = vec4(a, r);
    v_end = b;
    v_color_begin = a_color_begin.rgb * a_color_begin.rgb;
    v_color_end = a_color_end.rgb * a_color_end.rgb;
    v_visibility_begin = vec4(mat3(view) * a_visibility_begin.xyz, a_visibility_begin.w);
    v_visibility_end = vec4(mat3(view) * a_visibility_end.xyz, a_visibility_end.w);
    v_id = a_id;
    if (picture.w > 0.0 && max(a.z, b.z) > picture.w - 2.0 * r) { // beside the eye or beyond it
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    // Across the ray to its middle; grown by what perspective and the samples at the edge need.
    vec3 axis = b - a;
    vec3 v = towards_viewer(0.5 * (a + b));
    vec3 across = cross(axis, v);
    float size = length(across);
    across = size > 1e-6 * length(axis) ? across / size : vec3(1.0, 0.0, 0.0);
    vec3 forward = cross(v, across);
    float grown = (picture.w > 0.0 ? 1.15 * r : r) + picture.z;
    vec3 end = (gl_VertexID & 1) == 0 ? a - grown * forward : b + grown * forward;
    gl_Position = place(end + ((gl_VertexID & 2) == 0 ? grown : -grown) * across, end.z);
}
