// SPDX-License-Identifier: GPL-3.0-or-later
// An atom as an exact sphere, cut open by the clip plane, or as a ring about its centre, or as
// three circles about a sphere.
// After: common/atoms, common/shadow, common/atoms-light. In: flat varyings of atom.vert. Out: colour, id, depth.
// Variants: RING; CLIP; FLAT (the depth is that of the quad).
flat in vec4 v_sphere;
flat in vec4 v_color;
flat in vec4 v_visibility;
flat in uvec2 v_id;

const uint DIM = 8u;

#ifdef RING
const uint WIRE = 32u;

// Whether a point of the sphere lies on one of three circles about the axes of the world.
bool is_on_wire(vec3 n, float width)
{
    vec3 w = abs(transpose(mat3(view)) * n);
    return min(w.x, min(w.y, w.z)) < width;
}

void draw_wire(Ray ray, float along, vec3 nearest)
{
    float h2 = v_sphere.w * v_sphere.w - dot(nearest, nearest);
    float h = sqrt(max(h2, 0.0)), enter = along - h, leave = along + h;
    float width = max(0.07, 1.1 * picture.z / v_sphere.w);
    bool cut = false;
#ifdef CLIP
    cut = clip_part(ray, enter, leave);
#endif
    vec3 near = ray.origin + enter * ray.direction, far = ray.origin + leave * ray.direction;
    vec3 n = (near - v_sphere.xyz) / v_sphere.w;
    bool front = !cut && is_on_wire(n, width);
    if (h2 < 0.0 || enter >= leave)
        discard;
    if (!front && !is_on_wire((far - v_sphere.xyz) / v_sphere.w, width))
        discard;
    vec3 p = front ? near : far;
    vec3 c = fade(sqrt(v_color.rgb), p.z);
    o_color = vec4(front ? c : mix(c, background.rgb, 0.45), 1.0);
    write_depth(p.z);
}

void draw_ring(Ray ray, float along, vec3 nearest)
{
    float radius = length(nearest);
    float width = max(0.16 * v_sphere.w, 1.2 * picture.z); // LAC_RING_INNER
    float enter = along - 1e-4, leave = along + 1e-4;
#ifdef CLIP
    clip_part(ray, enter, leave);
#endif
    if (radius > v_sphere.w || radius < v_sphere.w - width || enter >= leave)
        discard;
    float z = ray.origin.z + along * ray.direction.z;
    o_color = vec4(fade(sqrt(v_color.rgb), z), 1.0);
    write_depth(z);
}

void draw(Ray ray, float along, vec3 nearest)
{
    if ((v_id.y & WIRE) != 0u)
        draw_wire(ray, along, nearest);
    else
        draw_ring(ray, along, nearest);
}
#else
void draw(Ray ray, float along, vec3 nearest)
{
    float h2 = v_sphere.w * v_sphere.w - dot(nearest, nearest);
    if (h2 < 0.0)
        discard;
    float h = sqrt(h2), enter = along - h;
    vec3 base = v_color.rgb;
#ifdef CLIP
    float leave = along + h;
    bool cut = clip_part(ray, enter, leave);
    if (enter >= leave)
        discard;
    vec3 p = ray.origin + enter * ray.direction;
    vec3 n = cut ? clip.xyz : (p - v_sphere.xyz) / v_sphere.w;
    base *= cut ? 0.7 : 1.0;
#else
    vec3 p = ray.origin + enter * ray.direction;
    vec3 n = (p - v_sphere.xyz) / v_sphere.w;
#endif
    vec3 c = light(base, n, -ray.direction, v_visibility, p);
    c = mix(c, background.rgb, (v_id.y & DIM) != 0u ? 0.72 : 0.0);
    o_color = vec4(c, 1.0);
    write_depth(p.z);
}
#endif

void main()
{
    Ray ray = make_ray(gl_FragCoord.xy);
    vec3 towards = v_sphere.xyz - ray.origin;
    float along = dot(towards, ray.direction);
    o_id = v_id.x | (v_id.y << 28);
    draw(ray, along, ray.direction * along - towards);
}
