// SPDX-License-Identifier: GPL-3.0-or-later
// A bond as an exact cylinder, each half in the colour of its atom.
// After: common/atoms, common/shadow, common/atoms-light. In: flat varyings of bond.vert. Out: colour, id, depth.
// Variants: CLIP; FLAT (the depth is that of the quad).
flat in vec4 v_begin;
flat in vec3 v_end;
flat in vec3 v_color_begin;
flat in vec3 v_color_end;
flat in vec4 v_visibility_begin;
flat in vec4 v_visibility_end;
flat in uvec3 v_id;

const uint DIM = 8u;

void main()
{
    Ray ray = make_ray(gl_FragCoord.xy);
    vec3 axis = v_end - v_begin.xyz;
    float size = length(axis);
    axis /= size;
    vec3 from = ray.origin - v_begin.xyz;
    float d_along = dot(ray.direction, axis);
    vec3 d = ray.direction - d_along * axis;
    vec3 o = from - dot(from, axis) * axis;
    float dd = dot(d, d);
    float b = dot(o, d);
    float h2 = b * b - dd * (dot(o, o) - v_begin.w * v_begin.w);
    if (dd < 1e-9 || h2 < 0.0)
        discard;
    float h = sqrt(h2);
    float enter = (-b - h) / dd, leave = (-b + h) / dd;
    // The ends lie in atoms: they need no caps but where the clip plane cuts.
    float t0 = dot(from, axis), at = t0 + enter * d_along;
    if (at < 0.0 || at > size)
        discard;
    bool cut = false;
#ifdef CLIP
    cut = clip_part(ray, enter, leave);
    if (enter >= leave)
        discard;
    at = t0 + enter * d_along;
    if (at < 0.0 || at > size)
        discard;
#endif
    vec3 p = ray.origin + enter * ray.direction;
    vec3 n = cut ? clip.xyz : (p - v_begin.xyz - at * axis) / v_begin.w;
    bool first = at < 0.5 * size;
    vec4 visibility = mix(v_visibility_begin, v_visibility_end, at / size);
    vec3 c = light(first ? v_color_begin : v_color_end, n, -ray.direction, visibility, p);
    c = mix(c, background.rgb, (v_id.z & DIM) != 0u ? 0.72 : 0.0);
    o_color = vec4(c, 1.0);
    o_id = first ? v_id.x : v_id.y;
    write_depth(p.z);
}
