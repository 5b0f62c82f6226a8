// SPDX-License-Identifier: GPL-3.0-or-later
// The ray of a pixel, cut to what is kept. Needs the Frame block.
struct Ray {
    vec3 origin;    // texel space
    vec3 direction; // unit length
    float begin;    // kept part [texel]; begin >= end: nothing
    float end;
    vec3 entry_normal; // of the face through which it enters
};

// Cuts to the kept side of the clip plane.
void clip_ray(inout Ray ray)
{
    float along = dot(clip.xyz, ray.direction);
    float left = clip.w - dot(clip.xyz, ray.origin);
    if (along > 1e-7)
        ray.end = min(ray.end, left / along);
    else if (along < -1e-7) {
        float t = left / along;
        if (t > ray.begin) {
            ray.begin = t;
            ray.entry_normal = clip.xyz;
        }
    }
    else if (left < 0.0)
        ray.end = ray.begin;
}

Ray make_ray(vec2 pixel)
{
    Ray ray;
    ray.origin = ray_origin.xyz + pixel.x * ray_origin_dx.xyz + pixel.y * ray_origin_dy.xyz;
    ray.direction = normalize(ray_direction.xyz + pixel.x * ray_direction_dx.xyz +
        pixel.y * ray_direction_dy.xyz);
    vec3 d = mix(ray.direction, vec3(1e-12), lessThan(abs(ray.direction), vec3(1e-12)));
    vec3 t0 = (box_min.xyz - ray.origin) / d;
    vec3 t1 = (box_max.xyz - ray.origin) / d;
    vec3 near = min(t0, t1);
    vec3 far = max(t0, t1);
    ray.begin = max(max(near.x, max(near.y, near.z)), box_max.w);
    ray.end = min(far.x, min(far.y, far.z));
    ray.entry_normal = -sign(d) * vec3(equal(near, vec3(ray.begin)));
    clip_ray(ray);
    return ray;
}

// Spreads what is left of the error of sampling into fine noise; the same for each tile.
float jitter(vec2 pixel)
{
    return march.y * fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
}
