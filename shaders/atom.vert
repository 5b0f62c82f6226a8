// SPDX-License-Identifier: GPL-3.0-or-later
// A quad that covers an atom. After: common/atoms.
// In: one LacSphere per instance; the vertex number, 0 to 3. Out: flat, eye space.
layout(location = 0) in vec4 a_sphere; // xyz: position, w: radius [Å], world
layout(location = 1) in vec4 a_color;  // sRGB
layout(location = 2) in vec4 a_visibility;
layout(location = 3) in uvec2 a_id; // id, marks
flat out vec4 v_sphere;
flat out vec4 v_color; // rgb: linear
flat out vec4 v_visibility;
flat out uvec2 v_id;

void main()
{
    vec3 c = (view * vec4(a_sphere.xyz, 1.0)).xyz;
    float r = a_sphere.w;
    vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
    v_sphere = vec4(c, r);
    v_color = vec4(a_color.rgb * a_color.rgb, a_color.a);
    v_visibility = vec4(mat3(view) * a_visibility.xyz, a_visibility.w);
    v_id = a_id;
    vec3 right = vec3(1.0, 0.0, 0.0), up = vec3(0.0, 1.0, 0.0);
    float reach = r;
    if (picture.w > 0.0) { // the cone that touches the sphere, cut across at its centre
        vec3 e = c - vec3(0.0, 0.0, picture.w);
        float far = length(e);
        reach = r * far * inversesqrt(max(far * far - r * r, 1e-4 * far * far));
        vec3 d = e / far;
        right = normalize(vec3(-d.z, 0.0, d.x));
        up = cross(right, d);
        if (-e.z < 1.05 * r) { // the eye is in it or beyond it
            gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
            return;
        }
    }
    gl_Position = place(c + (right * corner.x + up * corner.y) * (reach + picture.z), c.z + 0.5 * r);
}
