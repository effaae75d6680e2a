// SPDX-License-Identifier: BSL-1.0
// A picture to draw on: rectangles, lines and small letters.
//
//     canvas paper(360, 640);
//     paper.line({10, 10}, {100, 50}, blue);
//     paper.write({10, 60}, "loss 0.25", black);
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include <xtensor/xbuilder.hpp>
#include <xtensor/xtensor.hpp>

namespace drawing {

using colour = std::array<float, 3>;
inline constexpr colour white{1, 1, 1}, black{0, 0, 0}, grey{0.8F, 0.8F, 0.8F}, blue{0.12F, 0.35F, 0.7F},
    orange{0.9F, 0.45F, 0.05F};

class canvas {
public:
    struct point {
        double x, y;
    };

    /// A letter has 3 x 5 dots of `dot` pixels, and one dot of space to the next.
    static constexpr int dot = 2, letter_width = 4 * dot, letter_height = 5 * dot;
    static constexpr int width_of(std::string_view text) { return static_cast<int>(text.size()) * letter_width; }

    canvas(int height, int width)
        : height_(height),
          width_(width),
          pixels_(xt::ones<float>({std::size_t(height), std::size_t(width), std::size_t{3}})) {}

    const xt::xtensor<float, 3>& picture() const { return pixels_; }

    void rectangle(int left, int top, int width, int height, const colour& c) {
        for (int y = top; y < top + height; ++y)
            for (int x = left; x < left + width; ++x) paint(x, y, c, 1);
    }

    /// Two pixels wide, with smooth edges.
    void line(point from, point to, const colour& c) {
        const double dx = to.x - from.x, dy = to.y - from.y, squared = std::max(dx * dx + dy * dy, 1e-9);
        const int left = int(std::floor(std::min(from.x, to.x))) - 2,
                  right = int(std::ceil(std::max(from.x, to.x))) + 2;
        const int top = int(std::floor(std::min(from.y, to.y))) - 2,
                  bottom = int(std::ceil(std::max(from.y, to.y))) + 2;
        for (int y = top; y <= bottom; ++y)
            for (int x = left; x <= right; ++x) {
                const double t = std::clamp(((x - from.x) * dx + (y - from.y) * dy) / squared, 0.0, 1.0);
                const double distance = std::hypot(x - from.x - t * dx, y - from.y - t * dy);
                paint(x, y, c, static_cast<float>(std::clamp(1.5 - distance, 0.0, 1.0)));
            }
    }

    /// Small letters are written as capitals; what has no form leaves a space.
    void write(int left, int top, std::string_view text, const colour& c) {
        for (const char letter : text) {
            const std::string_view form = form_of(letter);
            for (std::size_t at = 0; at < form.size(); ++at)
                if (form[at] == '#')
                    rectangle(left + int(at % 3) * dot, top + int(at / 3) * dot, dot, dot, c);
            left += letter_width;
        }
    }

    void paint(int x, int y, const colour& c, float share) {
        if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
        for (std::size_t channel = 0; channel < 3; ++channel) {
            float& value = pixels_(std::size_t(y), std::size_t(x), channel);
            value += share * (c[channel] - value);
        }
    }

private:
    /// Five rows of three.
    static constexpr std::string_view form_of(char letter) {
        switch (letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter) {
            case '0': return "#### ## ## ####";
            case '1': return " # ##  #  # ###";
            case '2': return "###  #####  ###";
            case '3': return "###  ####  ####";
            case '4': return "# ## ####  #  #";
            case '5': return "####  ###  ####";
            case '6': return "####  #### ####";
            case '7': return "###  #  # #  # ";
            case '8': return "#### ##### ####";
            case '9': return "#### ####  ####";
            case '.': return "             # ";
            case '-': return "      ###      ";
            case ',': return "          # #  ";
            case '/': return "  #  # # #  #  ";
            case ':': return "    #     #    ";
            case '%': return "# #  # # #  # #";
            case 'A': return " # # ##### ## #";
            case 'B': return "## # ### # ### ";
            case 'C': return " ###  #  #   ##";
            case 'D': return "## # ## ## ### ";
            case 'E': return "####  ## #  ###";
            case 'F': return "####  ## #  #  ";
            case 'G': return " ###  # ## # ##";
            case 'H': return "# ## ##### ## #";
            case 'I': return "### #  #  # ###";
            case 'J': return "  #  #  ## # # ";
            case 'K': return "# ## ### # ## #";
            case 'L': return "#  #  #  #  ###";
            case 'M': return "# ##### ## ## #";
            case 'N': return "## # ## ## ## #";
            case 'O': return " # # ## ## # # ";
            case 'P': return "## # ### #  #  ";
            case 'Q': return " # # ## ## # ##";
            case 'R': return "## # ### # ## #";
            case 'S': return " ###   #   ### ";
            case 'T': return "### #  #  #  # ";
            case 'U': return "# ## ## ## ####";
            case 'V': return "# ## ## ## # # ";
            case 'W': return "# ## ## ##### #";
            case 'X': return "# ## # # # ## #";
            case 'Y': return "# ## # #  #  # ";
            case 'Z': return "###  # # #  ###";
            default: return "";
        }
    }

    int height_, width_;
    xt::xtensor<float, 3> pixels_;
};

}  // namespace drawing
