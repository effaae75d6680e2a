// SPDX-License-Identifier: BSL-1.0
// Simple pictures in SVG: rectangles, lines and words on a light or a dark page, as the reader's browser has it.
//
//     svg_picture picture(960, 400);
//     picture.rectangle(10, 10, 80, 20, colour_of("conv1"), "conv1/weights, 100 KiB");
//     picture.words(50, 24, "conv1", svg_words::centred);
//     std::string text = picture.text();
#pragma once

#include <ambit/core/standard.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

/// Text between tags or in quotes; what no XML may have is a question mark.
inline std::string xml_text(std::string_view words) {
    std::string text;
    for (const char letter : words) {
        switch (letter) {
            case '&': text += "&amp;"; break;
            case '<': text += "&lt;"; break;
            case '>': text += "&gt;"; break;
            case '"': text += "&quot;"; break;
            default: text += static_cast<unsigned char>(letter) < 0x20 && letter != '\n' ? '?' : letter;
        }
    }
    return text;
}

/// With as many digits as a picture needs.
inline std::string short_number(double number) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.1f", number);
    const std::string_view view(text.data());
    return std::string(view.ends_with(".0") ? view.substr(0, view.size() - 2) : view);
}

/// One of twelve colours that carry black words, neighbours in a list far from each other.
inline std::string colour_number(std::size_t index) {
    constexpr std::array<const char*, 12> colours{"#8ecae6", "#ffb703", "#b7e4c7", "#f4a6b7", "#cdb4db", "#f0d58c",
                                                  "#90dbf4", "#ffc8a2", "#a3b18a", "#bde0fe", "#e5989b", "#d4d4d4"};
    return colours[index % colours.size()];
}

/// What paths are coloured by: as many of their first parts as it takes to tell some of them apart.
class scope_colours {
public:
    explicit scope_colours(const std::vector<std::string>& paths) {
        for (parts_ = 1; parts_ < 6; ++parts_) {
            scopes_.clear();
            for (const std::string& path : paths) {
                const std::string scope(scope_of(path));
                if (!scope.empty() && std::find(scopes_.begin(), scopes_.end(), scope) == scopes_.end())
                    scopes_.push_back(scope);
            }
            if (scopes_.size() != 1) break;
        }
    }
    const std::vector<std::string>& scopes() const { return scopes_; }
    std::string of(std::string_view path) const {
        const auto found = std::find(scopes_.begin(), scopes_.end(), scope_of(path));
        return found == scopes_.end() ? "#e6e6e6" : colour_number(static_cast<std::size_t>(found - scopes_.begin()));
    }

private:
    /// Without the name itself.
    std::string_view scope_of(std::string_view path) const {
        std::size_t end = 0;
        for (int part = 0; part < parts_; ++part) {
            const std::size_t slash = path.find('/', end == 0 ? 0 : end + 1);
            if (slash == path.npos) break;
            end = slash;
        }
        return path.substr(0, end);
    }
    int parts_ = 1;
    std::vector<std::string> scopes_;
};

enum class svg_words { from_left, centred, to_right };

class svg_picture {
public:
    svg_picture(double width, double height) {
        const std::string extents = short_number(width) + " " + short_number(height);
        text_ =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + extents + "\" width=\"" + short_number(width) +
            "\" height=\"" + short_number(height) +
            "\" font-family=\"Helvetica,Arial,sans-serif\" font-size=\"12\">\n"
            "<style>\n"
            "  .page { fill: #ffffff } .words { fill: #1f2328 } .faint { fill: #59636e } .line { stroke: #d1d9e0 }\n"
            "  .on { fill: #1f2328 } .block { stroke: #1f2328; stroke-width: 0.4 }\n"
            "  @media (prefers-color-scheme: dark) {\n"
            "    .page { fill: #0d1117 } .words { fill: #e6edf3 } .faint { fill: #9198a1 } .line { stroke: #3d444d }\n"
            "  }\n"
            "</style>\n"
            "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n";
    }

    /// With words that show where the pointer is.
    void rectangle(double x, double y, double width, double height, std::string_view colour, std::string_view words) {
        text_ += "<rect class=\"block\" x=\"" + short_number(x) + "\" y=\"" + short_number(y) + "\" width=\"" +
                 short_number(width) + "\" height=\"" + short_number(height) + "\" fill=\"" + std::string(colour) +
                 "\"><title>" + xml_text(words) + "</title></rect>\n";
    }
    void line(double x1, double y1, double x2, double y2) {
        text_ += "<line class=\"line\" x1=\"" + short_number(x1) + "\" y1=\"" + short_number(y1) + "\" x2=\"" +
                 short_number(x2) + "\" y2=\"" + short_number(y2) + "\"/>\n";
    }
    /// `kind` is `words` or `faint` on the page, `on` on a rectangle.
    void words(double x, double y, std::string_view words, svg_words side = svg_words::from_left,
               std::string_view kind = "words") {
        constexpr std::array<const char*, 3> anchors{"start", "middle", "end"};
        text_ += "<text class=\"" + std::string(kind) + "\" x=\"" + short_number(x) + "\" y=\"" + short_number(y) +
                 "\" text-anchor=\"" + anchors[static_cast<std::size_t>(side)] + "\">" + xml_text(words) + "</text>\n";
    }

    std::string text() const { return text_ + "</svg>\n"; }

    /// About how many characters fit into a width.
    static std::size_t fitting(double width) { return width <= 0 ? 0 : static_cast<std::size_t>(width / 6.8); }

private:
    std::string text_;
};

}  // namespace ambit::io_parts
