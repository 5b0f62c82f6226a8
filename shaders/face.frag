// SPDX-License-Identifier: GPL-3.0-or-later
// A translucent face of a polyhedron, its edges less so, where no atom is in front.
// After: common/atoms, common/shadow, common/atoms-light. In: varyings of face.vert. Out: colour, depth.
flat in vec3 v_point;
flat in vec3 v_normal;
flat in vec4 v_color;
flat in vec3 v_edges;
in vec3 v_corner;

void main()
{
    Ray ray = make_ray(gl_FragCoord.xy);
    float across = dot(v_normal, ray.direction);
    float t = dot(v_normal, v_point - ray.origin) / (abs(across) > 1e-5 ? across : 1e-5);
    vec3 p = ray.origin + t * ray.direction;
    if (dot(clip.xyz, p) > clip.w)
        discard;
    vec3 n = across > 0.0 ? -v_normal : v_normal;
    vec3 c = light(v_color.rgb, n, -ray.direction, vec4(0.0, 0.0, 0.0, 0.9), p);
    vec3 near = v_corner / max(fwidth(v_corner), vec3(1e-6)) + 1e3 * (1.0 - v_edges);
    float edge = 1.0 - clamp(min(near.x, min(near.y, near.z)) - 0.4, 0.0, 1.0);
    float alpha = mix(v_color.a, 0.95, 0.8 * edge);
    o_color = vec4(mix(c, 0.55 * c, edge) * alpha, alpha);
    o_id = 0u;
    write_depth(p.z);
}
