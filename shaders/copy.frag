// SPDX-License-Identifier: GPL-3.0-or-later
// Puts a picture over the target; blending is set by the caller.
// In: v_uv, 0 to 1 over the picture. Uniform: u_picture, premultiplied sRGB. Out: the same.
in vec2 v_uv;
uniform sampler2D u_picture;
layout(location = 0) out vec4 o_color;

void main()
{
    o_color = texture(u_picture, v_uv);
}
