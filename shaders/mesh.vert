// SPDX-License-Identifier: GPL-3.0-or-later
// A surface. After: common/atoms.
// In: one LacMeshVertex. Out: eye space.
layout(location = 0) in vec3 a_position; // [Å], world
layout(location = 1) in vec4 a_normal;   // xyz
layout(location = 2) in vec4 a_color;    // sRGB
layout(location = 3) in vec4 a_back;     // sRGB of the other side; w 0: it is darker
out vec3 v_position;
out vec3 v_normal;
out vec3 v_color; // linear
flat out vec4 v_back; // linear

void main()
{
    vec3 p = (view * vec4(a_position, 1.0)).xyz;
    v_position = p;
    v_normal = mat3(view) * a_normal.xyz;
    v_color = a_color.rgb * a_color.rgb;
    v_back = vec4(a_back.rgb * a_back.rgb, a_back.w);
    gl_Position = place(p, p.z);
    if (picture.w > 0.0 && p.z > 0.98 * picture.w) // beyond the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
