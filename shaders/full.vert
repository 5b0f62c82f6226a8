// SPDX-License-Identifier: GPL-3.0-or-later
// A triangle that covers the viewport.
// In: nothing but the vertex number, 0 to 2. Out: v_uv, 0 to 1 over the viewport.
out vec2 v_uv;

void main()
{
    vec2 p = vec2(float((gl_VertexID & 1) * 4 - 1), float((gl_VertexID & 2) * 2 - 1));
    v_uv = 0.5 * p + 0.5;
    gl_Position = vec4(p, 0.0, 1.0);
}
