"""Values as the JSON of the vectors has them: the same in every language."""

import math
import struct

# NaNs that are no usual ones, by the bytes of a number.
NAN_BITS = {2: 0x7E15, 4: 0x7FC12345, 8: 0x7FF8_1234_5678_9ABC}
SAFE = (1 << 53) - 1


def number(value):
    """A whole number; a text where a double has not its digits."""
    value = int(value)
    return value if -SAFE <= value <= SAFE else str(value)


def real(value):
    """A text: the shortest digits that give the number again as a double; of a NaN its bits."""
    if math.isnan(value):
        return "nan " + value.tobytes()[::-1].hex()
    return repr(float(value))


def real_of(bits, size):
    """The same, of a number whose bits are known."""
    data = bits.to_bytes(size, "little")
    value = struct.unpack({2: "<e", 4: "<f", 8: "<d"}[size], data)[0]
    return "nan " + data[::-1].hex() if math.isnan(value) else repr(value)
