// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the volume by marching rays, and the slices inside it.
// After: common/frame, common/ray, common/sample, common/light, common/layers.
// In: gl_FragCoord in the target. Uniforms: the Frame block, samplers of common/sample.
// Space: texel space of the volume. Out: premultiplied sRGB.
// Variants: one of MODE_DVR, MODE_MIP, MODE_ISO (with N_ISO 1 to 4), MODE_NONE; LIGHT, with
// QUICK_LIGHT cheaper; SKIP (empty blocks are jumped over); SLICES; ATOMS (rays end at u_depth); LAYERS
// (surfaces among them).
layout(location = 0) out vec4 o_color;

#ifdef ATOMS
uniform sampler2D u_depth; // of the atoms, 1 where there are none

// Where the nearest atom is along the ray.
float find_atom(Ray ray)
{
    float d = texelFetch(u_depth, ivec2(gl_FragCoord.xy * stop.zw), 0).r;
    return d < 1.0 ? (stop.x + stop.y * d) / dot(ray.direction, forward.xyz) : 1e29;
}
#endif

#ifdef SLICES
// Ends the ray at the nearest slice; returns the colour there.
vec4 cut_at_slices(inout Ray ray)
{
    vec4 color = vec4(0.0);
    for (int axis = 0; axis < 3; axis++) {
        float t = (slices[axis] - ray.origin[axis]) / ray.direction[axis];
        if (slices[axis] >= 0.0 && t >= ray.begin && t < ray.end) {
            ray.end = t;
            color = table_at(value_at(ray.origin + t * ray.direction), 1);
        }
    }
    return color;
}
#endif

// Samples stand at (k + jitter) steps from the start of the ray, whatever the box: so they stay
// where they are when box, clip plane or tiles change.
float first_sample(Ray ray, float offset)
{
    return (ceil(ray.begin / march.x - offset) + offset) * march.x;
}

#ifdef LIGHT
float light_at(vec3 p, float v)
{
#ifdef QUICK_LIGHT
    return quickly_lit_volume(v - value_at(p + key_light.xyz));
#else
    return lit_volume(quick_gradient_at(p));
#endif
}
#endif

#ifdef MODE_DVR
vec4 march_ray(Ray ray, float t)
{
    vec4 sum = vec4(0.0);
    while (t < ray.end && sum.a < march.z) {
        float stop = ray.end;
#ifdef SKIP
        bool empty = block_at(ray.origin + t * ray.direction, ray, stop) <= blocks.w;
        stop = min(stop, ray.end);
        int n = max(int(ceil((stop - t) / march.x)), 1);
        if (empty) {
            t += float(n) * march.x;
            continue;
        }
#else
        int n = int(ceil((stop - t) / march.x));
#endif
        for (int i = 0; i < n; i++) {
            vec3 p = ray.origin + t * ray.direction;
            t += march.x;
            float v = value_at(p);
            if (v <= blocks.w)
                continue;
            pass_layers(ray, t - march.x, sum);
            vec4 c = table_at(v, 0);
#ifdef LIGHT
            c.rgb = min(c.rgb * light_at(p, v), c.a);
#endif
            sum += (1.0 - sum.a) * c;
            if (sum.a >= march.z)
                break;
        }
    }
    return sum;
}
#endif

#ifdef MODE_MIP
vec4 march_ray(Ray ray, float t)
{
    float best = 0.0;
    while (t < ray.end) {
        float stop = ray.end;
#ifdef SKIP
        bool empty = block_at(ray.origin + t * ray.direction, ray, stop) <= best;
        stop = min(stop, ray.end);
        int n = max(int(ceil((stop - t) / march.x)), 1);
        if (empty) {
            t += float(n) * march.x;
            continue;
        }
#else
        int n = int(ceil((stop - t) / march.x));
#endif
        for (int i = 0; i < n; i++) {
            best = max(best, value_at(ray.origin + t * ray.direction));
            t += march.x;
        }
    }
    // Nothing is clear, so that the box of the volume does not stand out.
    float x = clamp(best * transfer.x + transfer.y, 0.0, 1.0);
    return table_at(best, 1) * smoothstep(0.0, 0.12, x);
}
#endif

#ifdef MODE_ISO
int n_levels_below(float v)
{
    int n = 0;
    for (int i = 0; i < N_ISO; i++)
        n += int(v >= iso_level[i]);
    return n;
}

vec4 surface(int level, vec3 normal, vec3 direction, float t)
{
    vec4 c = iso_color[level];
    return vec4(lit_surface(c.rgb, normal, direction, t), 1.0) * c.a;
}

// Halves the interval between two samples until the surface is within 1/64 step.
vec3 find_surface(Ray ray, float outer, float inner, float level, bool rising)
{
    for (int i = 0; i < 6; i++) {
        float middle = 0.5 * (outer + inner);
        bool above = value_at(ray.origin + middle * ray.direction) >= level;
        if (above == rising)
            inner = middle;
        else
            outer = middle;
    }
    return ray.origin + inner * ray.direction;
}

vec4 march_ray(Ray ray, float t)
{
    vec4 sum = vec4(0.0);
    float previous = ray.begin;
    int inside = n_levels_below(value_at(ray.origin + ray.begin * ray.direction));
    if (inside > 0) { // cut open: the cut is shown as a cap
        pass_layers(ray, ray.begin, sum);
        sum += (1.0 - sum.a) * surface(inside - 1, ray.entry_normal, ray.direction, ray.begin);
    }
    for (int hit = 0; hit < 12 && sum.a < march.z; hit++) {
        int now = inside;
        while (t < ray.end) {
#ifdef SKIP
            float stop;
            vec3 start = ray.origin + t * ray.direction;
            if (inside == 0 && block_at(start, ray, stop) < iso_level[0]) {
                t += max(ceil((min(stop, ray.end) - t) / march.x), 1.0) * march.x;
                previous = t - march.x;
                continue;
            }
#endif
            now = n_levels_below(value_at(ray.origin + t * ray.direction));
            if (now != inside)
                break;
            previous = t;
            t += march.x;
        }
        if (now == inside)
            break;
        bool rising = now > inside;
        int level = rising ? inside : inside - 1;
        vec3 p = find_surface(ray, previous, t, iso_level[level], rising);
        vec3 g = gradient_at(p);
        float size = length(g);
        vec3 n = size > 1e-7 ? -g / size : -ray.direction;
        pass_layers(ray, t, sum);
        sum += (1.0 - sum.a) * surface(level, n, ray.direction, t);
        inside += rising ? 1 : -1;
    }
    return sum;
}
#endif

void main()
{
    vec2 pixel = gl_FragCoord.xy + tile.xy;
    Ray ray = make_ray(pixel * tile.zw);
    float stop_at = 1e29; // beyond it nothing is seen
#ifdef ATOMS
    stop_at = find_atom(ray);
    ray.end = min(ray.end, stop_at);
#endif
    o_color = vec4(0.0);
#ifdef LAYERS
    layer_next = 0;
    find_layer(ray);
#else
    if (ray.begin >= ray.end)
        return;
#endif
    vec4 behind = vec4(0.0), sum = vec4(0.0);
    if (ray.begin < ray.end) {
#ifdef SLICES
        behind = cut_at_slices(ray);
        stop_at = behind.a > 0.0 ? ray.end : stop_at;
#endif
#ifndef MODE_NONE
        sum = march_ray(ray, first_sample(ray, jitter(floor(pixel))));
#endif
    }
    pass_layers(ray, stop_at, sum);
    o_color = sum + (1.0 - sum.a) * behind;
}
