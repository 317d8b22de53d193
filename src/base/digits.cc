// digits.cc - std::to_chars and std::from_chars. Neither throws, and neither looks at the locale.

extern "C" {
#include "base/digits.h"
}

#include <charconv>
#include <cmath>

size_t digits_of_double(char out[DIGITS_ROOM], double number)
{
        return static_cast<size_t>(std::to_chars(out, out + DIGITS_ROOM, number, std::chars_format::scientific).ptr
                                   - out);
}

bool double_of_digits(const char *text, size_t len, double *number)
{
        double result = 0;
        auto [end, error] = std::from_chars(text, text + len, result);

        // Out of range are the too large and the too small: the small ones are zero, or nearly so.
        if (error == std::errc::result_out_of_range) {
                const char *exponent = text;

                while (exponent < text + len && *exponent != 'e' && *exponent != 'E')
                        exponent++;
                if (exponent + 1 >= text + len || exponent[1] != '-')
                        return false;
                result = *text == '-' ? -0.0 : 0.0;
        } else if (error != std::errc() || end != text + len) {
                return false;
        }
        *number = result;
        return std::isfinite(result);
}
