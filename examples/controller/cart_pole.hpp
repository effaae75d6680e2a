// SPDX-License-Identifier: BSL-1.0
// A cart on rails with a pole that stands on it and would fall: pushed left and right, it should keep the pole up and
// come to where it is wanted.
//
//     cart_pole cart;
//     while (cart.is_up()) cart.move(cart_pole::forces[choice], 0.001);
//
// Source of the equations: R. V. Florian, "Correct equations for the dynamics of the cart-pole system", 2007, equations
// 23 and 24, without friction.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace controller {

class cart_pole {
public:
    static constexpr std::size_t features = 8;
    /// What a controller can choose, in newtons.
    static constexpr std::array forces{-10.0, -2.5, 2.5, 10.0};
    static constexpr double rail = 2.4, largest_angle = 0.21;  ///< metres to either side; radians, 12 degrees

    double position = 0, speed = 0;  ///< metres, metres a second
    double angle = 0, turning = 0;  ///< radians from upright, radians a second
    double target = 0;  ///< where the cart is wanted, metres

    bool is_up() const { return std::fabs(position) < rail && std::fabs(angle) < largest_angle; }

    /// So many seconds under one force, in steps of a millisecond, speeds before places (semi-implicit Euler).
    void move(double force, double seconds) {
        constexpr double step = 1e-3, gravity = 9.81, cart = 1.0, pole = 0.1, half_length = 0.5;  // kg, m
        for (double time = 0; time + step / 2 < seconds; time += step) {
            const double sine = std::sin(angle), cosine = std::cos(angle), mass = cart + pole;
            const double pushed = (force + pole * half_length * turning * turning * sine) / mass;
            const double turn =
                (gravity * sine - cosine * pushed) / (half_length * (4.0 / 3.0 - pole * cosine * cosine / mass));
            const double push = pushed - pole * half_length * turn * cosine / mass;
            speed += step * push;
            turning += step * turn;
            position += step * speed;
            angle += step * turning;
        }
        last_force_ = force;
    }

    /// What a controller sees, numbers of about 1.
    std::array<float, features> seen() const {
        const auto number = [](double x) { return static_cast<float>(x); };
        return {number(position), number(speed),  number(8 * std::sin(angle)), number(std::cos(angle)),
                number(turning),  number(target), number(target - position),   number(last_force_ / 10)};
    }

private:
    double last_force_ = 0;
};

}  // namespace controller
