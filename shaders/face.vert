// SPDX-License-Identifier: GPL-3.0-or-later
// A face of a polyhedron. After: common/atoms.
// In: one LacFace per instance; the vertex number, 0 to 2. Out: flat, eye space; v_corner.
layout(location = 0) in vec3 a_first;
layout(location = 1) in vec3 a_second;
layout(location = 2) in vec3 a_third;
layout(location = 3) in vec4 a_color; // sRGB, alpha
layout(location = 4) in vec4 a_edges; // xyz: 1 where the side opposite to a corner is an edge
flat out vec3 v_point;
flat out vec3 v_normal;
flat out vec4 v_color;
flat out vec3 v_edges;
out vec3 v_corner;

void main()
{
    vec3 a = (view * vec4(a_first, 1.0)).xyz;
    vec3 b = (view * vec4(a_second, 1.0)).xyz;
    vec3 c = (view * vec4(a_third, 1.0)).xyz;
    vec3 p = gl_VertexID == 0 ? a : gl_VertexID == 1 ? b : c;
    v_point = a;
    v_normal = normalize(cross(b - a, c - a));
    v_color = vec4(a_color.rgb * a_color.rgb, a_color.a);
    v_edges = a_edges.xyz;
    v_corner = vec3(equal(ivec3(gl_VertexID), ivec3(0, 1, 2)));
    gl_Position = place(p, p.z);
    if (picture.w > 0.0 && max(a.z, max(b.z, c.z)) > 0.98 * picture.w) // beyond the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
