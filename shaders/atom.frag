// SPDX-License-Identifier: GPL-3.0-or-later
// An atom as an exact sphere, cut open by the clip plane, or as a ring about its centre.
// After: common/atoms, common/atoms-light. In: flat varyings of atom.vert. Out: colour, id, depth.
flat in vec4 v_sphere;
flat in vec4 v_color;
flat in vec4 v_visibility;
flat in uvec2 v_id;

const uint DIM = 8u;
const uint RING = 16u;

void draw_ring(Ray ray, float along, vec3 nearest)
{
    float radius = length(nearest);
    float width = max(0.16 * v_sphere.w, 1.2 * picture.z); // LAC_RING_INNER
    float enter = along - 1e-4, leave = along + 1e-4;
    clip_part(ray, enter, leave);
    if (radius > v_sphere.w || radius < v_sphere.w - width || enter >= leave)
        discard;
    float z = ray.origin.z + along * ray.direction.z;
    o_color = vec4(fade(v_color.rgb, z), 1.0);
    write_depth(z);
}

void draw_sphere(Ray ray, float along, vec3 nearest)
{
    float h2 = v_sphere.w * v_sphere.w - dot(nearest, nearest);
    if (h2 < 0.0)
        discard;
    float h = sqrt(h2), enter = along - h, leave = along + h;
    bool cut = clip_part(ray, enter, leave);
    if (enter >= leave)
        discard;
    vec3 p = ray.origin + enter * ray.direction;
    vec3 n = cut ? clip.xyz : (p - v_sphere.xyz) / v_sphere.w;
    vec3 base = cut ? 0.85 * v_color.rgb : v_color.rgb;
    vec3 c = light(base, n, -ray.direction, v_visibility, p.z);
    if ((v_id.y & DIM) != 0u)
        c = mix(c, background.rgb, 0.72);
    o_color = vec4(c, 1.0);
    write_depth(p.z);
}

void main()
{
    Ray ray = make_ray(gl_FragCoord.xy);
    vec3 towards = v_sphere.xyz - ray.origin;
    float along = dot(towards, ray.direction);
    vec3 nearest = ray.direction * along - towards; // from the centre to the ray
    o_id = v_id.x | (v_id.y << 28);
    if ((v_id.y & RING) != 0u)
        draw_ring(ray, along, nearest);
    else
        draw_sphere(ray, along, nearest);
}
