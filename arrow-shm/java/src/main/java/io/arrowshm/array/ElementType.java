package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;

/**
 * The kinds of elements, and how each is read and written at an address: the one list of them. What spells types, finds
 * Arrow's type of a tensor or copies whole arrays follows from it. A value is read exactly, or the type refuses;
 * only integers of 64 bits are rounded when they are read as double.
 */
public enum ElementType {
    BOOL('b', 1) {
        @Override
        boolean getBoolean(long address) {
            return Memory.getByte(address) != 0;
        }

        @Override
        void putBoolean(long address, boolean value) {
            Memory.putByte(address, (byte) (value ? 1 : 0));
        }
    },
    INT8('i', 1, Byte.MIN_VALUE, Byte.MAX_VALUE) {
        @Override
        long getLong(long address) {
            return Memory.getByte(address);
        }

        @Override
        void putBits(long address, long value) {
            Memory.putByte(address, (byte) value);
        }
    },
    INT16('i', 2, Short.MIN_VALUE, Short.MAX_VALUE) {
        @Override
        long getLong(long address) {
            return Memory.getShort(address);
        }

        @Override
        void putBits(long address, long value) {
            Memory.putShort(address, (short) value);
        }
    },
    INT32('i', 4, Integer.MIN_VALUE, Integer.MAX_VALUE) {
        @Override
        long getLong(long address) {
            return Memory.getInt(address);
        }

        @Override
        void putBits(long address, long value) {
            Memory.putInt(address, (int) value);
        }
    },
    INT64('i', 8, Long.MIN_VALUE, Long.MAX_VALUE),
    UINT8('u', 1, 0, 0xFF) {
        @Override
        long getLong(long address) {
            return Byte.toUnsignedLong(Memory.getByte(address));
        }

        @Override
        void putBits(long address, long value) {
            Memory.putByte(address, (byte) value);
        }
    },
    UINT16('u', 2, 0, 0xFFFF) {
        @Override
        long getLong(long address) {
            return Short.toUnsignedLong(Memory.getShort(address));
        }

        @Override
        void putBits(long address, long value) {
            Memory.putShort(address, (short) value);
        }
    },
    UINT32('u', 4, 0, 0xFFFF_FFFFL) {
        @Override
        long getLong(long address) {
            return Integer.toUnsignedLong(Memory.getInt(address));
        }

        @Override
        void putBits(long address, long value) {
            Memory.putInt(address, (int) value);
        }
    },
    /** As long: the 64 bits, above 2^63 negative. */
    UINT64('u', 8, Long.MIN_VALUE, Long.MAX_VALUE) {
        @Override
        double getDouble(long address) {
            long bits = Memory.getLong(address);
            // Halved with the lost bit kept, so that the only rounding is that of the conversion.
            return bits >= 0 ? bits : 2 * (double) ((bits >>> 1) | (bits & 1));
        }
    },
    FLOAT16('f', 2) {
        @Override
        float getFloat(long address) {
            return Float16.toFloat(Memory.getShort(address));
        }

        @Override
        double getDouble(long address) {
            return getFloat(address);
        }

        @Override
        void putDouble(long address, double value) {
            Memory.putShort(address, Float16.fromDouble(value));
        }
    },
    FLOAT32('f', 4) {
        @Override
        float getFloat(long address) {
            return Memory.getFloat(address);
        }

        @Override
        double getDouble(long address) {
            return Memory.getFloat(address);
        }

        @Override
        void putDouble(long address, double value) {
            Memory.putFloat(address, (float) value);
        }
    },
    FLOAT64('f', 8) {
        @Override
        double getDouble(long address) {
            return Memory.getDouble(address);
        }

        @Override
        void putDouble(long address, double value) {
            Memory.putDouble(address, value);
        }
    },
    COMPLEX64('c', 8) {
        @Override
        double getReal(long address) {
            return Memory.getFloat(address);
        }

        @Override
        double getImaginary(long address) {
            return Memory.getFloat(address + Float.BYTES);
        }

        @Override
        void putComplex(long address, double real, double imaginary) {
            Memory.putFloat(address, (float) real);
            Memory.putFloat(address + Float.BYTES, (float) imaginary);
        }
    },
    COMPLEX128('c', 16) {
        @Override
        double getReal(long address) {
            return Memory.getDouble(address);
        }

        @Override
        double getImaginary(long address) {
            return Memory.getDouble(address + Double.BYTES);
        }

        @Override
        void putComplex(long address, double real, double imaginary) {
            Memory.putDouble(address, real);
            Memory.putDouble(address + Double.BYTES, imaginary);
        }
    },
    /** As long: units since 1970; the smallest long is "not a time". */
    DATETIME64('M', 8, Long.MIN_VALUE, Long.MAX_VALUE),
    /** As long: units; the smallest long is "not a time". */
    TIMEDELTA64('m', 8, Long.MIN_VALUE, Long.MAX_VALUE),
    /** Fixed number of bytes. As String: each byte one char of ISO 8859-1, without the zeros at the end. */
    BYTES('S', 1) {
        @Override
        String getString(long address, int itemSize) {
            return FixedText.getBytes(address, itemSize);
        }

        @Override
        void putString(long address, int itemSize, String value) {
            FixedText.putBytes(address, itemSize, value);
        }
    },
    /** Fixed number of code points. As String: without the zeros at the end; U+FFFD for what is no code point. */
    UNICODE('U', 4) {
        @Override
        String getString(long address, int itemSize) {
            return FixedText.getUnicode(address, itemSize);
        }

        @Override
        void putString(long address, int itemSize, String value) {
            FixedText.putUnicode(address, itemSize, value);
        }
    },
    /** Named fields; read and written through {@link NdArray#field}. */
    STRUCT('V', 1);

    private final char code;
    private final int bytes;
    private final boolean whole;
    private final long minimum;
    private final long maximum;

    ElementType(char code, int bytes) {
        this.code = code;
        this.bytes = bytes;
        whole = false;
        minimum = 0;
        maximum = 0;
    }

    ElementType(char code, int bytes, long minimum, long maximum) {
        this.code = code;
        this.bytes = bytes;
        whole = true;
        this.minimum = minimum;
        this.maximum = maximum;
    }

    /** The letter of NumPy's array interface. */
    char code() {
        return code;
    }

    /** Bytes of an element, or of a character. */
    int bytes() {
        return bytes;
    }

    /** Whether it is a type by itself, without a unit, a length or fields. */
    boolean isPlain() {
        return isNumber() || this == BOOL || isComplex();
    }

    /** Whether it is an integer or a floating-point number. */
    boolean isNumber() {
        return code == 'i' || code == 'u' || code == 'f';
    }

    boolean isComplex() {
        return code == 'c';
    }

    /** Whether it is an integer or a time. */
    boolean isWhole() {
        return whole;
    }

    boolean getBoolean(long address) {
        throw refuse("read as boolean");
    }

    final int getInt(long address) {
        if (!whole || minimum < Integer.MIN_VALUE || maximum > Integer.MAX_VALUE) {
            throw refuse("read as int");
        }
        return (int) getLong(address);
    }

    /** Reads a whole number of 64 bits, unless the type says otherwise. */
    long getLong(long address) {
        if (!whole) {
            throw refuse("read as long");
        }
        return Memory.getLong(address);
    }

    float getFloat(long address) {
        throw refuse("read as float");
    }

    double getDouble(long address) {
        if (!whole || !isNumber()) {
            throw refuse("read as double");
        }
        return getLong(address);
    }

    double getReal(long address) {
        throw refuse("read as complex");
    }

    double getImaginary(long address) {
        throw refuse("read as complex");
    }

    String getString(long address, int itemSize) {
        throw refuse("read as String");
    }

    void putBoolean(long address, boolean value) {
        throw refuse("set to a boolean");
    }

    /** Integers and times take a value in their range, floating-point numbers the nearest. */
    final void putLong(long address, long value) {
        if (code == 'f') {
            putDouble(address, (double) value);
        } else if (!whole) {
            throw refuse("set to a long");
        } else if (value < minimum || value > maximum) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "value=" + value + ", allowed for " + this + ": " + minimum + " to " + maximum);
        } else {
            putBits(address, value);
        }
    }

    /** Writes a value in the range: 64 bits, unless the type says otherwise. */
    void putBits(long address, long value) {
        Memory.putLong(address, value);
    }

    void putDouble(long address, double value) {
        throw refuse("set to a double");
    }

    void putComplex(long address, double real, double imaginary) {
        throw refuse("set to a complex number");
    }

    void putString(long address, int itemSize, String value) {
        throw refuse("set to a String");
    }

    SharedMemoryException refuse(String what) {
        return new SharedMemoryException(Kind.ARGUMENT, "an element of type " + this + " cannot be " + what);
    }
}
